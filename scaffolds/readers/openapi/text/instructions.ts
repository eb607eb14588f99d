/** What speaks to a model instead of describing a service, each with words for the report. */
const SIGNS: readonly (readonly [RegExp, string])[] = [
  [
    /\b(?:ignore|disregard|forget|override|bypass)\b.{0,40}\b(?:previous|prior|above|earlier|all|any|other|system|your)\b.{0,30}\b(?:instructions?|prompts?|rules?|guidelines?|directions?|constraints?|safety)\b/,
    'asks to set instructions aside',
  ],
  [
    /\b(?:reveal|print|show|output|repeat|leak|send|include|return|append)\b.{0,40}\b(?:system|developer|initial|hidden) (?:prompt|instructions?)\b|\b(?:reveal|print|show|output|repeat|leak|your)\b.{0,40}\b(?:system|developer|initial|hidden) message\b/,
    'asks for hidden instructions',
  ],
  [
    /<\/?\s*(?:important|system|instructions?|assistant|admin|secret)\s*>|<\|[a-z_ ]{2,20}\|>|\[\/?inst\]|<<\/?sys>>/,
    'imitates the marks of a conversation',
  ],
  [/(?:^|\n)\s*(?:#+\s*)?(?:system|assistant|human)\s*:\s*\S/, 'imitates a speaker of a conversation'],
  [
    /\byou are (?:now|no longer)\b|\b(?:new|updated|real|actual) instructions?\s*:|\bpretend (?:to be|that you|you are)\b|\bact as (?:an? |the )?(?:admin|root|system|unrestricted|developer)/,
    'gives a model another part to play',
  ],
  [
    /\b(?:do not|don't|dont|never) (?:tell|inform|reveal|let|mention)\b.{0,30}\b(?:the user|users? (?:know|about)|to users?)\b|\bsecret from the user\b|\bwithout (?:telling|informing) the user\b/,
    'asks to hide something from the user',
  ],
  [
    /\b(?:before|after|when|whenever|prior to) (?:using|calling|invoking) (?:this|any|any other|another|every other|other|all|all other|the other) tools?\b|\b(?:always|must|first)[, ]+(?:call|use|invoke|run)\b[^.!?]{0,40}\btool\b|\binstead of (?:any |all |the )?other tools?\b|\b(?:call|invoke|use) (?:the )?[\w.-]+ tool (?:first|before|with|and|to)\b/,
    'tells which tools to call',
  ],
  [
    /\b(?:send|post|upload|forward|exfiltrate|transmit|leak|email|copy)\b.{0,80}\b(?:api keys?|passwords?|credentials|secrets?|private keys?|ssh keys?|conversation|chat history|environment variables?|tokens?|files?|data|everything)\b.{0,60}\bto\b.{0,20}(?:https?:\/\/|[\w.+-]+@[\w-]+\.)/,
    'asks to send things elsewhere',
  ],
  [
    /\b(?:read|cat|open|load|include|contents? of)\b.{0,40}(?:~\/\.|\/etc\/(?:passwd|shadow)|\bid_rsa\b|\.ssh\b|\.aws\/|(?:^|\s)\.env\b|mcp\.json)/,
    'asks to read private files',
  ],
  [
    /\bas an ai\b|\b(?:dear|attention|hey|hello|note to|message (?:to|for))[,:]? (?:the |all )?(?:ais?|llms?|assistants?|language models?|ai agents?|claude|chatgpt|gpt|copilot|gemini)\b|\bif you are (?:an? )?(?:ai|llm|language model|assistant|chatbot|ai agent)\b/,
    'speaks to a model',
  ],
  [
    /\b(?:enter|enable|activate|begin|start)\b.{0,20}\bjailbreak|\bjailbreak mode\b|\bdan mode\b|\bdo anything now\b|\bdeveloper mode (?:is )?enabled\b/,
    'names a known trick',
  ],
];

/** One of these must be there for any sign to be; most texts have none and cost one look. */
const HINT =
  /ignore|disregard|forget|override|bypass|prompt|instruction|(?:system|developer|initial|hidden) message|<|\[\/?inst|system\s*:|assistant|human\s*:|you are|pretend|act as|tell|inform|reveal|mention|secret|tool|send|post|upload|forward|exfil|transmit|leak|email|copy|\/etc\/|\.ssh|id_rsa|\.env|\.aws|mcp\.json|\bai\b|llm|model|claude|gpt|copilot|gemini|jailbreak|dan mode|anything now|developer mode/i;

/** Characters that nobody sees: tags (U+E0000…), directions of writing, and joiners between Latin letters. */
const INVISIBLE = /[\u{E0000}-\u{E007F}\u202A-\u202E\u2066-\u2069\u200B\u2060\uFEFF]/gu;
const HIDING = /[\u{E0001}-\u{E007F}\u202D\u202E]|(?:(?:\u200B|\u200C|\u200D|\u2060)\s*){3}/u;

/** Texts are looked at this far; a longer one is cut before a model reads it. */
const MAX_CHARS = 20_000;

/** The text as it is read: without invisible characters, in compatible letters, lower case. */
const readable = (text: string): string =>
  text.slice(0, MAX_CHARS).normalize('NFKC').replaceAll(INVISIBLE, '').toLowerCase();

/** What a text does that no description needs, in words; undefined for a text that only describes. */
export function instructionIn(text: string): string | undefined {
  if (HIDING.test(text)) return 'holds characters that nobody sees';
  if (!HINT.test(text) && !/[^\x20-\x7e\s]/.test(text)) return undefined;
  const plain = readable(text);
  // Names spell blanks with other signs.
  const spaced = /\s/.test(plain) ? plain : plain.replaceAll(/[_-]+/g, ' ');
  return SIGNS.find(([sign]) => sign.test(spaced))?.[1];
}

/** Stands where a sentence was left out. */
const LEFT_OUT = '[left out: it speaks to the model]';

/** A text for a model: sentences that speak to it are left out, and characters that nobody sees. */
export function withoutInstructions(text: string): string {
  const visible = text.replaceAll(INVISIBLE, '');
  if (instructionIn(visible) === undefined) return visible;
  const sentences = visible.split(/(?<=[.!?])\s+|\n+/);
  const kept = sentences.map((sentence) => (instructionIn(sentence) === undefined ? sentence : LEFT_OUT));
  const joined = kept
    .filter((sentence, index) => sentence !== LEFT_OUT || kept[index - 1] !== LEFT_OUT)
    .join(' ');
  // What only the sentences together say cannot be told apart from the rest.
  return instructionIn(joined.replaceAll(LEFT_OUT, '')) === undefined ? joined : LEFT_OUT;
}
