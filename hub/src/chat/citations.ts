/** A page that a piece of an answer stands on, as OpenAI's clients know it; both indexes count UTF-16 units of the text. */
export interface UrlCitation {
  readonly type: 'url_citation';
  readonly url: string;
  readonly title: string;
  readonly start_index: number;
  readonly end_index: number;
}

const MARK = /\[(\d{1,3})\]/g;

/** Where a text names its sources: at each `[1]`; those that it never marks stand at its end. */
export function citationsIn(text: string, urls: readonly string[], from = 0): UrlCitation[] {
  const marked = new Set<number>();
  const marks = [...text.slice(from).matchAll(MARK)].flatMap((mark) => {
    const at = Number(mark[1]) - 1;
    const url = urls[at];
    if (url === undefined) return [];
    marked.add(at);
    const start = from + mark.index;
    return [citation(url, start, start + mark[0].length)];
  });
  const rest = urls.flatMap((url, at) => (marked.has(at) ? [] : [citation(url, text.length, text.length)]));
  return [...marks, ...rest];
}

const citation = (url: string, start: number, end: number): UrlCitation => ({
  type: 'url_citation',
  url,
  title: URL.parse(url)?.hostname ?? url,
  start_index: start,
  end_index: end,
});

/** The text of a chat completion with the sources of each of its parts, which belong to what was said since those before. */
export class CitedText {
  text = '';
  readonly urls: string[] = [];
  readonly citations: UrlCitation[] = [];
  #from = 0;

  /** What these sources are for, as annotations of a message. */
  cite(urls: readonly string[]): object[] {
    const added = citationsIn(this.text, urls, this.#from);
    this.#from = this.text.length;
    this.urls.push(...urls.filter((url) => !this.urls.includes(url)));
    this.citations.push(...added);
    return added.map(toAnnotation);
  }

  get annotations(): object[] {
    return this.citations.map(toAnnotation);
  }
}

/** `/v1/chat/completions` puts what a citation says one level deeper. */
const toAnnotation = ({ type, ...said }: UrlCitation): object => ({ type, url_citation: said });
