// Restate beside us: starts its server and a worker on this machine, then does what it is told on standard input, one line each, and
// answers with one line of JSON. `gate N`: N times from sending what a workflow waits for until its next step begins. `flow C S`: workflows
// of five durable steps for S seconds, C at a time. Arguments: folder of node_modules, folder for data.
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import http from "node:http";
import http2 from "node:http2";
import net from "node:net";
import path from "node:path";
import readline from "node:readline";

const [modules, data] = process.argv.slice(2);
const require = createRequire(path.join(modules, "package.json"));
Promise.withResolvers ??= function () {
  let resolve, reject;
  const promise = new Promise((yes, no) => ((resolve = yes), (reject = no)));
  return { promise, resolve, reject };
};
const sdk = require("@restatedev/restate-sdk");

const now = () => Number(process.hrtime.bigint()) / 1e6;
const free = () =>
  new Promise((found) => {
    const server = net.createServer();
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });

const waiting = new Map();
const began = new Map();
const worker = sdk.service({
  name: "bench",
  handlers: {
    // Waits twenty times for somebody's word; the step after each stamps its beginning.
    gates: async (ctx, { id, steps }) => {
      for (let step = 0; step < steps; step++) {
        const gate = ctx.awakeable();
        await ctx.run(`announce ${step}`, () => waiting.get(id)(gate.id));
        await gate.promise;
        await ctx.run(`step ${step}`, () => began.get(id)(now()));
      }
      return "done";
    },
    five: async (ctx) => {
      for (let step = 0; step < 5; step++) await ctx.run(`step ${step}`, () => step);
      return "done";
    },
  },
});

const [ingress, admin, node, endpoint] = [await free(), await free(), await free(), await free()];
const binary = path.join(modules, `node_modules/@restatedev/restate-server-${process.platform}-${process.arch}/bin/restate-server`);
const found = process.env.RESTATE_SERVER ?? binary;
const server = spawn(found, ["--base-dir", data], {
  stdio: ["ignore", "ignore", "ignore"],
  env: {
    ...process.env,
    RESTATE_INGRESS__BIND_ADDRESS: `127.0.0.1:${ingress}`,
    RESTATE_ADMIN__BIND_ADDRESS: `127.0.0.1:${admin}`,
    RESTATE_BIND_ADDRESS: `127.0.0.1:${node}`,
    RESTATE_ADVERTISED_ADDRESS: `http://127.0.0.1:${node}`,
    RESTATE_DISABLE_TELEMETRY: "true",
    DO_NOT_TRACK: "1",
    RUST_LOG: "error",
  },
});
process.on("exit", () => server.kill("SIGKILL"));
http2.createServer(sdk.createEndpointHandler({ services: [worker] })).listen(endpoint, "127.0.0.1");

const agent = new http.Agent({ keepAlive: true, maxSockets: 1024 });
const send = (port, method, where, body) =>
  new Promise((yes, no) => {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = text === undefined ? {} : { "content-type": "application/json", "content-length": Buffer.byteLength(text) };
    const request = http.request({ host: "127.0.0.1", port, method, path: where, agent, headers }, (answer) => {
      let said = "";
      answer.on("data", (part) => (said += part));
      answer.on("end", () => (answer.statusCode < 300 ? yes(said) : no(new Error(`${where}: ${answer.statusCode} ${said}`))));
    });
    request.on("error", no);
    request.end(text);
  });
const pause = (ms) => new Promise((go) => setTimeout(go, ms));
const until = async (what, ask) => {
  for (let tries = 0; ; tries++) {
    try {
      return await ask();
    } catch (error) {
      if (tries > 600) throw new Error(`${what}: ${error.message}`);
      await pause(100);
    }
  }
};

let number = 0;
async function gate(samples) {
  const steps = 20;
  const times = [];
  while (times.length < samples) {
    const id = `g${number++}`;
    let next = Promise.withResolvers();
    waiting.set(id, (name) => next.resolve(name));
    const whole = send(ingress, "POST", "/bench/gates", { id, steps });
    for (let step = 0; step < steps; step++) {
      const name = await next.promise;
      next = Promise.withResolvers();
      const begun = Promise.withResolvers();
      began.set(id, begun.resolve);
      // The workflow is waiting by then.
      await pause(15);
      const sent = now();
      const said = send(ingress, "POST", `/restate/awakeables/${name}/resolve`, "go");
      times.push((await begun.promise) - sent);
      await said;
    }
    await whole;
    waiting.delete(id);
    began.delete(id);
  }
  return { times_ms: times };
}

async function flow(inFlight, seconds) {
  const begun = now();
  let done = 0;
  const one = async () => {
    while (now() - begun < seconds * 1000) {
      await send(ingress, "POST", "/bench/five", {});
      done++;
    }
  };
  await Promise.all(Array.from({ length: inFlight }, one));
  return { done, seconds: (now() - begun) / 1000 };
}

await until("the server does not come up", () => send(admin, "GET", "/health"));
await until("the worker is not taken", () => send(admin, "POST", "/deployments", { uri: `http://127.0.0.1:${endpoint}`, force: true }));
await until("the worker does not answer", () => send(ingress, "POST", "/bench/five", {}));
const version = require("@restatedev/restate-server/package.json").version;
console.log(JSON.stringify({ ready: true, name: `Restate ${version}`, server: [server.pid], worker: [process.pid] }));
for await (const line of readline.createInterface({ input: process.stdin })) {
  const [what, ...numbers] = line.trim().split(" ");
  const [a, b] = numbers.map(Number);
  try {
    console.log(JSON.stringify(what === "gate" ? await gate(a) : await flow(a, b)));
  } catch (error) {
    console.log(JSON.stringify({ error: error.message }));
  }
}
process.exit(0);
