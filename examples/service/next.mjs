// Next: app/models/[...path]/route.js. In next.config.mjs: serverExternalPackages: ['receptive', 'sharp'].
import { service } from './service.mjs';

/** The same request below /models; its body and its signal go with it. */
const answer = (request) => {
  const { origin, pathname, search } = new URL(request.url);
  return service.fetch(new Request(origin + pathname.slice('/models'.length) + search, request));
};

export const dynamic = 'force-dynamic';
export { answer as GET, answer as POST };
