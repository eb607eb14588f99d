import type { Json } from '@counterpart/schemas';
import { wholeNumber } from '@counterpart/schemas/exact-json';
import type { Tags } from 'yaml';

/**
 * For `customTags` of the YAML parser: whole numbers that no double may hold are what `change` makes of them. A reviver would follow every
 * alias, and never end with those that unfold without bound. Longer ones than these name nothing, and a million digits take a second to read.
 */
export const yamlIntegers =
  (change: (whole: number | bigint) => Json) =>
  (tags: Tags): Tags => [
    {
      tag: 'tag:yaml.org,2002:int',
      default: true,
      test: /^[-+]?[0-9]{16,1000}$/,
      resolve: (text: string) => change(wholeNumber(text)),
    },
    ...tags,
  ];
