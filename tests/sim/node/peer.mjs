// Talks to the simulated phone by way of @yume-chan/adb: node peer.mjs PORT.
// Prints one JSON object; the test that started it judges.
import { Adb, AdbDaemonTransport, AdbPacket, AdbPacketSerializeStream } from "@yume-chan/adb";
import { Consumable, ReadableStream, StructDeserializeStream, WritableStream, pipeFrom } from "@yume-chan/stream-extra";
import { createHash, webcrypto } from "node:crypto";
import { connect } from "node:net";

function openConnection(port) {
    const socket = connect(port, "127.0.0.1");
    socket.setNoDelay(true);
    const readable = new ReadableStream({
        start(controller) {
            socket.on("data", (chunk) => controller.enqueue(new Uint8Array(chunk)));
            socket.on("end", () => { try { controller.close(); } catch { /* closed by us */ } });
            socket.on("error", (error) => controller.error(error));
        },
    });
    const bytes = new WritableStream({
        write: (chunk) => Consumable.WritableStream ? consume(chunk, socket) : write(socket, chunk),
        close: () => { socket.end(); },
    });
    return {
        readable: readable.pipeThrough(new StructDeserializeStream(AdbPacket)),
        writable: pipeFrom(bytes, new AdbPacketSerializeStream()),
        socket,
    };
}

function write(socket, chunk) {
    return new Promise((done, failed) => socket.write(chunk, (error) => (error ? failed(error) : done())));
}

async function consume(chunk, socket) {
    if (chunk instanceof Consumable) return chunk.tryConsume((value) => write(socket, value));
    return write(socket, chunk);
}

async function makeStore() {
    const pair = await webcrypto.subtle.generateKey(
        { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-1" },
        true, ["sign", "verify"]);
    const key = { buffer: new Uint8Array(await webcrypto.subtle.exportKey("pkcs8", pair.privateKey)), name: "peer@test" };
    return { generateKey: () => key, iterateKeys: () => [key] };
}

async function digest(stream) {
    const hash = createHash("sha256");
    let size = 0;
    for await (const chunk of stream) {
        hash.update(chunk);
        size += chunk.length;
    }
    return { size, sha256: hash.digest("hex") };
}

function streamOf(data, piece = 50000) {
    let at = 0;
    return new ReadableStream({
        pull(controller) {
            if (at >= data.length) return controller.close();
            controller.enqueue(data.subarray(at, at + piece));
            at += piece;
        },
    });
}

async function connectPhone(port, store) {
    const connection = openConnection(port);
    const transport = await AdbDaemonTransport.authenticate({ serial: "sim", connection, credentialStore: store });
    return new Adb(transport);
}

const port = Number(process.argv[2]);
const store = await makeStore();
const first = await connectPhone(port, store); // asks with the public key
const result = { model: first.banner.model, features: first.deviceFeatures };
await first.close();
const adb = await connectPhone(port, store); // signs a token with a key that is trusted now

const shell = await adb.subprocess.shellProtocol.spawnWaitText("echo out; nope; exit 7");
result.shell = { stdout: shell.stdout, stderr: shell.stderr, code: shell.exitCode };
const sync = await adb.sync();
const stat = await sync.stat("/sdcard/big.bin");
result.stat = { size: String(stat.size), mtime: String(stat.mtime) };
result.names = (await sync.readdir("/sdcard")).map((entry) => entry.name).sort();
result.read = await digest(sync.read("/sdcard/big.bin"));
const data = new Uint8Array(700001).map((_, i) => i * 7);
await sync.write({ filename: "/sdcard/new folder/written.bin", file: streamOf(data), mtime: 1600000000 });
result.written = createHash("sha256").update(data).digest("hex");
await sync.dispose();
console.log(JSON.stringify(result));
process.exit(0);
