import { isMap, isScalar, parseDocument } from 'yaml';

/** The text of a flow with `serve` as wanted, everything else as it was written. */
export function withServed(text: string, serve: boolean): string {
  const document = parseDocument(text);
  if ((document.get('serve') ?? false) === serve) return text;
  const edited = edit(text, document.contents, serve);
  if (edited !== undefined && parseDocument(edited).get('serve') === serve) return edited;
  document.set('serve', serve);
  return document.toString({ lineWidth: 0 });
}

/** Undefined where it stands in no place that can be written over, or the text holds nothing yet. */
function edit(text: string, map: unknown, serve: boolean): string | undefined {
  if (!isMap(map)) return undefined;
  const pair = map.items.find(({ key }) => isScalar(key) && key.value === 'serve');
  if (pair !== undefined) {
    const [from, to] = (isScalar(pair.value) && pair.value.range) || [];
    return from === undefined || to === undefined
      ? undefined
      : text.slice(0, from) + String(serve) + text.slice(to);
  }
  const first = map.items[0]?.key;
  const at = isScalar(first) ? first.range?.[0] : undefined;
  if (at === undefined) return undefined;
  const indent = text.slice(text.lastIndexOf('\n', at - 1) + 1, at);
  const end = text.includes('\r\n') ? '\r\n' : '\n';
  const gap = map.flow === true ? ', ' : end + indent;
  return `${text.slice(0, at)}serve: ${serve}${gap}${text.slice(at)}`;
}
