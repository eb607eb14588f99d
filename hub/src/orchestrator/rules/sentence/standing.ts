import { plainWords } from '../../understanding/plain-text.ts';

/** A question whose words say nothing of the tool that answers it, as everybody asks it. */
export interface StandingQuestion {
  /** What to search for in its place. */
  readonly search: string;
  /** How tools that answer it are called. */
  readonly names: RegExp;
  /** Words that say of which service it is asked; others say that it is another question. */
  readonly about: readonly string[];
}

const QUESTIONS: readonly { readonly asked: RegExp; readonly search: string; readonly names: RegExp }[] = [
  {
    asked:
      /^(?:and )?(?:who am i(?: (?:logged|signed) in as)?|which (?:user|account) am i|as whom am i (?:logged|signed) in|(?:what is|what s|show(?: me)?|get) my (?:own )?(?:profile|user ?name|login|identity|e ?mail(?: address)?|user id)|wer bin ich|qui suis je|quien soy)(?: (?:in|on|at|for) (?<about>.+))?$/,
    search: 'get me current user whoami own profile',
    names:
      /(?:^|_)(?:me|whoami|who_am_i|myself|self|viewer|(?:current|authenticated)_user|user_?info|my_profile)$/,
  },
  {
    asked:
      /^(?:is|are) (?<about>.+?) (?:all )?(?:still )?(?:healthy|alive|up|up and running|online|reachable|ok|okay|down|responding|ready)(?: (?:now|right now|today))?$/,
    search: 'health check alive liveness ready status ping',
    names:
      /(?:^|_)(?:health|healthz|health_?check|healthy|liveness|is_alive|alive|live|livez|ping|readyz?|heartbeat)$/,
  },
];

const NOTHING_MORE =
  /^(?:the|this|that|your|our|my|api|apis|server|service|system|backend|site|app|it|everything|of|and|in|on)$/;

/** The standing question that a message is; undefined: it is none. */
export function standingQuestion(message: string): StandingQuestion | undefined {
  const words = plainWords(message).replace(
    /^(?:please|hey|hi|so|ok) | (?:please|currently|at the moment)$/g,
    '',
  );
  for (const { asked, search, names } of QUESTIONS) {
    const match = asked.exec(words);
    if (match === null) continue;
    const about = (match.groups?.['about'] ?? '').split(' ');
    return { search, names, about: about.filter((word) => word !== '' && !NOTHING_MORE.test(word)) };
  }
  return undefined;
}
