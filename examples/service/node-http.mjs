// node:http, with the service below /models.
import { createServer } from 'node:http';
import { nodeListener } from 'receptive/serve';
import { service } from './service.mjs';

const models = nodeListener(service);
const server = createServer((request, response) => {
  if (!request.url.startsWith('/models/')) return response.writeHead(404).end();
  request.url = request.url.slice('/models'.length);
  return models(request, response);
});
server.listen(Number(process.env.PORT ?? 8080), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}`));
process.once('SIGTERM', () => {
  server.close();
  service.close();
});
