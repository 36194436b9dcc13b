// Fastify: in a scope of its own, in which bodies are left unread.
import fastify from 'fastify';
import { nodeListener } from 'receptive/serve';
import { service } from './service.mjs';

const models = nodeListener(service);
const app = fastify();
app.register(async (scope) => {
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (request, body, done) => done(null));
  scope.all('/models/*', (request, reply) => {
    reply.hijack();
    request.raw.url = request.raw.url.slice('/models'.length);
    return models(request.raw, reply.raw);
  });
});
console.log(await app.listen({ port: Number(process.env.PORT ?? 8080), host: '127.0.0.1' }));
process.once('SIGTERM', () => {
  app.close();
  service.close();
});
