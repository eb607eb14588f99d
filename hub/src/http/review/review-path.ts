/** Where decisions are made on pages. What stands below it has no other key than its address. */
export const REVIEW_PATH = '/review';

/** Whether a path is one of the pages, which check for themselves who opens them. */
export const isReviewPage = (path: string): boolean =>
  path === REVIEW_PATH || path.startsWith(`${REVIEW_PATH}/`);
