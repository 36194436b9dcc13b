/** Numbers in [-1, 1) that look random and are the same in every engine. */
export declare function numbers(length: number): Float32Array<ArrayBuffer>;
