// Talks to the simulated iPhone by way of appium-ios-device: node peer.mjs UDID.
// The daemon is in USBMUXD_SOCKET_ADDRESS. Prints one JSON object; the test that started it judges.
import { services, utilities } from "appium-ios-device";
import { createHash } from "node:crypto";

const read = 1;
const rewrite = 3;
const udid = process.argv[2];
const told = {};

function sha256(bytes) {
    return createHash("sha256").update(bytes).digest("hex");
}

async function talkToLockdown() {
    told.devices = await utilities.getConnectedDevices();
    told.version = await utilities.getOSVersion(udid);
    told.name = await utilities.getDeviceName(udid);
    told.info = await utilities.getDeviceInfo(udid);
    told.serial = await valueOf({ Key: "SerialNumber" });
    told.encrypts = await valueOf({ Domain: "com.apple.mobile.backup", Key: "WillEncrypt" });
    told.zone = await valueOf({ Key: "TimeZone" });
}

// A session for each: behind TLS this library hears every answer twice, so that a second question
// would get the answer to the first.
async function valueOf(query) {
    const lockdown = await utilities.startLockdownSession(udid);
    const value = await lockdown.getValue(query);
    lockdown.close();
    return value;
}

async function listApps() {
    const apps = await services.startInstallationProxyService(udid);
    told.users = Object.keys(await apps.listApplications({ applicationType: "User" })).sort();
    const attributes = ["CFBundleIdentifier", "CFBundleShortVersionString"];
    told.system = await apps.listApplications({ applicationType: "System", returnAttributes: attributes });
    told.looked = await apps.lookupApplications({ bundleIds: "net.whatsapp.WhatsApp", returnAttributes: attributes });
    apps.close();
}

async function workWithFiles() {
    const afc = await services.startAfcService(udid);
    told.paths = [];
    await afc.walkDir("/DCIM", true, (path) => { told.paths.push(path); });
    const path = told.paths.find((one) => one.endsWith(".JPG"));
    const size = (await afc.getFileInfo(path)).size;
    const handle = await afc.openFile(path, read);
    const parts = [];
    for (let got = 0; got < size;) {
        const part = await afc.readFile(handle, 65536);
        parts.push(part);
        got += part.length;
    }
    await afc.closeFileHandle(handle);
    told.read = { path, size, sha256: sha256(Buffer.concat(parts)) };
    await afc.createDirectory("/Books");
    const content = Buffer.alloc(300001, "sea");
    const written = await afc.openFile("/Books/new.bin", rewrite);
    await afc.writeFile(written, content);
    await afc.closeFileHandle(written);
    told.written = sha256(content);
    await afc.createDirectory("/Books/old");
    await afc.deleteDirectory("/Books/old");
    told.missing = await afc.getFileInfo("/nothing").then(() => "found", (error) => error.message);
    told.outside = await afc.listDirectory("/../..").then(() => "listed", (error) => error.message);
    afc.close();
}

async function notify() {
    const name = "org.example.lifeboat.hello";
    const observer = await services.startNotificationProxyService(udid);
    const relayed = new Promise((done) => observer.observeNotification(name, { notification: () => done(true) }));
    const poster = await services.startNotificationProxyService(udid);
    poster.postNotification(name);
    told.notified = await relayed;
    observer.close();
    poster.close();
}

for (const step of [talkToLockdown, listApps, workWithFiles, notify]) await step();
console.log(JSON.stringify(told));
process.exit(0);
