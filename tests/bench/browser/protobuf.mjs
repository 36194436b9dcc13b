/** The package is no module; its script has left this. */
export default globalThis.protobuf;
