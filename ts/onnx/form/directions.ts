/** `direction` of a recurrent layer: for each way that it goes, whether it goes backwards. */
export const DIRECTIONS: Readonly<Record<string, readonly boolean[]>> = { forward: [false], reverse: [true], bidirectional: [false, true] };
