const WSDL = 'http://schemas.xmlsoap.org/wsdl/';

/** True for the text of a WSDL document, which is told by the namespace of its root. */
export const isWsdl = (text: string): boolean => {
  const head = text.slice(0, 20_000);
  return (
    /^[\s\uFEFF]*</.test(head) &&
    /<(?:[\w.-]+:)?(?:definitions|description)\b/.test(head) &&
    (head.includes(WSDL) || head.includes('http://www.w3.org/ns/wsdl'))
  );
};
