// Express: before every body parser, since a body is read once.
import express from 'express';
import { nodeListener } from 'receptive/serve';
import { service } from './service.mjs';

const app = express();
app.use('/models', nodeListener(service));
app.use(express.json());
const server = app.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => {
  server.close();
  service.close();
});
