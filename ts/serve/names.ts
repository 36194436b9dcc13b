/** What a model may be called: it stands in addresses, in metrics and in logs. */
export const MODEL_NAME = /^[A-Za-z0-9][\w.-]{0,127}$/;
/** The same in words. */
export const MODEL_NAME_WORDS = 'a name of up to 128 letters, digits, `.`, `_` and `-`, the first a letter or a digit';

/** A version of a model. */
export const MODEL_VERSION = /^[1-9]\d{0,8}$/;

/** Characters of a token: one that is shorter can be guessed. */
export const TOKEN_LEAST = 8;
