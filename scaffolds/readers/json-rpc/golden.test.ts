import { testGoldenCases } from '../styles/golden-cases.ts';
import { readJsonRpc } from './read.ts';

testGoldenCases('json-rpc', readJsonRpc, process.env['UPDATE'] === '1');
