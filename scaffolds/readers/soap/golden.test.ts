import { testGoldenCases } from '../styles/golden-cases.ts';
import { readSoap } from './read.ts';

testGoldenCases('soap', readSoap, process.env['UPDATE'] === '1');
