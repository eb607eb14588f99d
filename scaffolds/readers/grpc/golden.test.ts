import { testGoldenCases } from '../styles/golden-cases.ts';
import { readGrpc } from './read.ts';

testGoldenCases('grpc', readGrpc, process.env['UPDATE'] === '1');
