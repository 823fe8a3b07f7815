// A real identity provider for tests: the package `oidc-provider` with one client. Who signs in, and what is said of them, is set
// by POST /who; pages for people are left out, everything else is the package's own. The port is whatever is free and is printed
// with `ready`. Version 8 of the package: it runs on every Node.js from 18 on, the one of Debian 12 among them.
import http from 'node:http';
import { Provider } from 'oidc-provider';

const back = process.argv[2];
const server = http.createServer();
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;
let who = { sub: '1001', preferred_username: 'ana', groups: [] };

const provider = new Provider(issuer, {
  clients: [{
    client_id: 'tidegate',
    client_secret: 'a client\'s secret',
    redirect_uris: [back],
    grant_types: ['authorization_code'],
    response_types: ['code'],
  }],
  claims: { openid: ['sub', 'groups'], profile: ['preferred_username'], email: ['email'] },
  conformIdTokenClaims: false,
  features: { devInteractions: { enabled: false } },
  interactions: { url: (_, interaction) => `/sign-in/${interaction.uid}` },
  findAccount: (_, id) => ({ accountId: id, claims: async () => ({ ...who, sub: id }) }),
  async loadExistingGrant(ctx) {
    const grant = new ctx.oidc.provider.Grant({ accountId: ctx.oidc.session.accountId, clientId: 'tidegate' });
    grant.addOIDCScope('openid profile email');
    await grant.save();
    return grant;
  },
});

const own = provider.callback();
server.on('request', async (request, response) => {
  if (request.method === 'POST' && request.url === '/who') {
    let text = '';
    for await (const part of request) text += part;
    who = JSON.parse(text);
    response.end('{}');
  } else if (request.url.startsWith('/sign-in/')) {
    if (who.refuses) {
      await provider.interactionFinished(request, response, { error: 'access_denied' });
    } else {
      await provider.interactionFinished(request, response, { login: { accountId: who.sub } });
    }
  } else {
    own(request, response);
  }
});
console.log('ready', server.address().port);
