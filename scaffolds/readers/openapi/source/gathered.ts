/** Member of a gathered description's root that holds the other documents, by number. */
export const DOCUMENTS = 'x-counterpart-documents';
/** Member of its root that holds their names in the same order, as messages call them. */
export const NAMES = 'x-counterpart-names';
/** Member of its root that says why references were not followed, by number. */
export const UNREAD = 'x-counterpart-unread';
