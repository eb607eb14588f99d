// Written by the build from the files of src/tools/.
import { planMuseumVisit } from './tools/plan-museum-visit.ts';

export const tools = [
  planMuseumVisit,
];
