// Written by the build from the files of src/tools/.
import { greetPet } from './tools/greet-pet.ts';
import { listPets } from './tools/list-pets.ts';

export const tools = [
  greetPet,
  listPets,
];
