import type { ChatConfig } from '@counterpart/schemas';
import type { Clock } from '../../kernel/clock.ts';
import { newId } from '../../kernel/ids.ts';
import type { Logger } from '../../kernel/log.ts';
import type { CacheLookup, Generations, ModelInfo } from '../../kernel/ports.ts';
import type { Db } from '../../store/store.ts';
import { type CachePlace, cosine, digestOf, literalsOf, normalised } from './question.ts';

/** Answers that are given again, each only in the place that it was made in. */
export interface AnswerCache {
  /** Opens the place for one question; undefined: the configuration has no cache, or a secret stands in the question. */
  look(place: CachePlace, question: string, model: ModelInfo | undefined): CacheSeat | undefined;
}

/** One question in its place. */
export interface CacheSeat {
  readonly allowsReads: boolean;
  find(signal: AbortSignal): Promise<FoundAnswer | undefined>;
  /** Keeps an answer in the background. */
  keep(text: string): void;
}

export interface FoundAnswer {
  readonly text: string;
  readonly match: 'exact' | 'similar';
}

export interface CacheOptions {
  readonly db: Db;
  readonly clock: Clock;
  readonly log: Logger;
  readonly config: () => ChatConfig['cache'];
  readonly generations: Pick<Generations, 'models' | 'embed'>;
  readonly meter: (lookup: CacheLookup) => void;
  /** Takes secrets out of a text. */
  readonly clean: (text: string) => string;
}

/** Questions of one place that are compared with one: the newest. */
const MOST_COMPARED = 500;

/** Opens the cache in the hub's database. */
export const createAnswerCache = (options: CacheOptions): AnswerCache => ({
  look(place, question, model) {
    if (!options.config().enabled || options.clean(question) !== question) return undefined;
    return new Seat(options, { place, question, model });
  },
});

interface Asked {
  readonly place: CachePlace;
  readonly question: string;
  readonly model: ModelInfo | undefined;
}

class Seat implements CacheSeat {
  readonly allowsReads: boolean;
  readonly #options: CacheOptions;
  readonly #asked: Asked;
  readonly #question: string;
  readonly #literals: string;
  /** Answers of other places cannot even be looked for: who asks is a part of it. */
  readonly #place: string;
  #vector: Promise<Float32Array | undefined> | undefined;

  constructor(options: CacheOptions, asked: Asked) {
    this.allowsReads = options.config().tools === 'read';
    this.#options = options;
    this.#asked = asked;
    this.#question = normalised(asked.question);
    this.#literals = literalsOf(asked.question);
    this.#place = digestOf(asked.place);
  }

  async find(signal: AbortSignal): Promise<FoundAnswer | undefined> {
    const found = (await this.#exact()) ?? (await this.#similar(signal));
    this.#options.meter(found?.match ?? 'miss');
    if (found === undefined) return undefined;
    const { db, clock } = this.#options;
    const used = db
      .updateTable('chat_cache')
      .set(({ eb }) => ({ hits: eb('hits', '+', 1), used_at: clock.now() }))
      .where('id', '=', found.id);
    this.#inBackground(used.execute());
    return found;
  }

  keep(text: string): void {
    // What holds a secret is not written down, and would not be the same answer without it.
    if (this.#options.clean(text) === text) this.#inBackground(this.#write(text));
  }

  #kept() {
    const { db, clock } = this.#options;
    return db.selectFrom('chat_cache').where('place', '=', this.#place).where('expires_at', '>', clock.now());
  }

  async #exact() {
    const row = await this.#kept()
      .where('question', '=', this.#question)
      .where('literals', '=', this.#literals)
      .select(['id', 'text'])
      .executeTakeFirst();
    return row && { ...row, match: 'exact' as const };
  }

  async #similar(signal: AbortSignal) {
    const { similarity } = this.#options.config();
    const embedder = this.#embedder();
    if (similarity === undefined || embedder === undefined) return undefined;
    const rows = await this.#kept()
      .where('embedder', '=', embedder.id)
      .where('literals', '=', this.#literals)
      .select(['id', 'text', 'vector'])
      .orderBy('used_at', 'desc')
      .limit(MOST_COMPARED)
      .execute();
    // Nothing to compare with: the provider is not asked for a vector before the answer.
    if (rows.length === 0) return undefined;
    const own = await this.#embedded(embedder, signal);
    signal.throwIfAborted();
    if (own === undefined) return undefined;
    const [best] = rows
      .map(({ id, text, vector }) => ({ id, text, alike: cosine(own, toVector(vector)) }))
      .toSorted((a, b) => b.alike - a.alike);
    return best !== undefined && best.alike >= similarity
      ? { id: best.id, text: best.text, match: 'similar' as const }
      : undefined;
  }

  /** What a model of this machine is asked is not told to another machine for its vector. */
  #embedder(): ModelInfo | undefined {
    const { config, generations } = this.#options;
    const { embeddings } = config();
    const models = generations.models();
    const fits = (one: ModelInfo) => one.isLocal || this.#asked.model?.isLocal !== true;
    return models.find(
      (one) => fits(one) && (embeddings === undefined ? one.use === 'embedding' : one.id === embeddings),
    );
  }

  #embedded({ id: model }: ModelInfo, signal: AbortSignal): Promise<Float32Array | undefined> {
    const { generations, log } = this.#options;
    this.#vector ??= generations.embed([this.#question], { model, signal }).then(
      ({ vectors: [vector] }) => vector && Float32Array.from(vector),
      (cause: unknown) => {
        log.debug({ model, cause }, 'a question got no vector');
        return undefined;
      },
    );
    return this.#vector;
  }

  async #write(text: string): Promise<void> {
    const { db, clock, config } = this.#options;
    const { ttlSeconds, entries, similarity } = config();
    const { organisation, principal, model } = this.#asked.place;
    const embedder = similarity === undefined ? undefined : this.#embedder();
    const vector = embedder && (await this.#embedded(embedder, AbortSignal.timeout(EMBED_MS)));
    const now = clock.now();
    const row = {
      id: newId(),
      place: this.#place,
      organisation,
      principal,
      model,
      question: this.#question,
      literals: this.#literals,
      text,
      embedder: vector === undefined ? null : (embedder?.id ?? null),
      vector: vector === undefined ? null : Buffer.from(vector.buffer).toString('base64'),
      hits: 0,
      created_at: new Date(now).toISOString(),
      used_at: now,
      expires_at: now + ttlSeconds * 1_000,
    };
    const { id: _, ...changed } = row;
    await db
      .insertInto('chat_cache')
      .values(row)
      .onConflict((same) => same.columns(['place', 'question', 'literals']).doUpdateSet(changed))
      .execute();
    await db.deleteFrom('chat_cache').where('expires_at', '<=', now).execute();
    await db
      .deleteFrom('chat_cache')
      .where(
        'id',
        'not in',
        db.selectFrom('chat_cache').select('id').orderBy('used_at', 'desc').limit(entries),
      )
      .execute();
  }

  #inBackground(work: Promise<unknown>): void {
    work.catch((cause: unknown) => this.#options.log.warn({ cause }, 'the cache of answers was not written'));
  }
}

const EMBED_MS = 30_000;

function toVector(base64: string | null): Float32Array {
  const bytes = Buffer.from(base64 ?? '', 'base64');
  return Float32Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readFloatLE(at * 4));
}
