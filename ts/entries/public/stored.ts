// Types of tensors as files hold them.
export type { StoredDtype, StoredTensor } from '../../formats/stored.js';
