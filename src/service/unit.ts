/** What a unit is made from. */
export interface UnitSettings {
  /** Of several couriers on one machine; `undefined`: the only one. */
  instance: string | undefined;
  user: string;
  /** Absolute paths of Node.js and of the program. */
  node: string;
  program: string;
  /** An absolute path. */
  config: string;
  /** Absolute paths that the courier writes to. */
  writes: readonly string[];
  /** Those of them that are to be made; what is there already keeps its owner. */
  missing: readonly MissingFolder[];
}

export interface MissingFolder {
  path: string;
  /** Whether other programs read what is in it, as they do with lists. */
  shared: boolean;
}

export interface UnitFile {
  path: string;
  content: string;
}

const FOLDER = "/etc/systemd/system";
const STATE_ROOT = "/var/lib";
const NAME = "misp-courier";

/** How systemctl calls it. */
export function unitName(instance: string | undefined): string {
  return instance === undefined ? `${NAME}.service` : `${NAME}@${instance}.service`;
}

/** The folder under /var/lib that systemd makes for it. */
function stateFolder(instance: string | undefined): string {
  return instance === undefined ? NAME : `${NAME}-${instance}`;
}

/** The unit, and what differs for this courier beside it: where its configuration is and where it may write. */
export function unitFiles(settings: UnitSettings): UnitFile[] {
  const { instance } = settings;
  const template = instance === undefined ? `${NAME}.service` : `${NAME}@.service`;
  return [
    { path: `${FOLDER}/${template}`, content: unit(settings) },
    { path: `${FOLDER}/${unitName(instance)}.d/paths.conf`, content: paths(settings) },
  ];
}

/** What the files of a courier are called, for taking them away; those of a template stay with other instances. */
export function unitPaths(instance: string | undefined): { dropIn: string; unit: string; shared: RegExp } {
  const name = unitName(instance);
  return {
    dropIn: `${FOLDER}/${name}.d`,
    unit: `${FOLDER}/${instance === undefined ? name : `${NAME}@.service`}`,
    shared: /^misp-courier@.+\.service\.d$/,
  };
}

function unit({ instance }: UnitSettings): string {
  return `[Unit]
Description=misp-courier${instance === undefined ? "" : " %i"}: carries MISP's intelligence to its targets
Wants=network-online.target
After=network-online.target
# Where the machine waits for the right time at its start, so does the courier: what it tells of expiries follows the clock.
After=time-sync.target
StartLimitIntervalSec=10min
StartLimitBurst=10

[Service]
Type=notify
# systemd-notify speaks for the courier, as a child of it.
NotifyAccess=all
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=5
# A wrong command line or configuration, or a damaged state, does not mend itself.
RestartPreventExitStatus=64 65 78
# Opening a big ledger and its warninglists takes a while; so does delivering what is left at the end.
TimeoutStartSec=5min
TimeoutStopSec=45
# The courier gives a sign of life while its event loop turns and its ledger answers.
WatchdogSec=120
StateDirectoryMode=0750
UMask=0027

NoNewPrivileges=true
CapabilityBoundingSet=
AmbientCapabilities=
ProtectSystem=strict
ProtectHome=true
PrivateTmp=true
PrivateDevices=true
DevicePolicy=closed
ProtectClock=true
ProtectHostname=true
ProtectKernelLogs=true
ProtectKernelModules=true
ProtectKernelTunables=true
ProtectControlGroups=true
ProtectProc=invisible
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=true
RestrictRealtime=true
RestrictSUIDSGID=true
LockPersonality=true
RemoveIPC=true
KeyringMode=private
# MemoryDenyWriteExecute cannot be set: Node.js compiles while it runs.
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;
}

function paths({ instance, user, node, program, config, writes }: UnitSettings): string {
  const state = `${STATE_ROOT}/${stateFolder(instance)}`;
  const elsewhere = writes.filter((path) => path !== state && !path.startsWith(`${state}/`));
  const folder = config.slice(0, config.lastIndexOf("/"));
  const secrets = instance === undefined ? `${folder}/environment` : `${folder}/${instance}.environment`;
  return `[Service]
ExecStart=
ExecStart=${[node, program, "run", "--config", config].map(asWord).join(" ")}
# MISP_API_KEY=… and whatever else the configuration takes from the environment; only root need be able to read it.
EnvironmentFile=-${escaped(secrets)}
User=${user}
StateDirectory=${stateFolder(instance)}
WorkingDirectory=${state}
${elsewhere.map((path) => `ReadWritePaths=${quoted(path)}\n`).join("")}`;
}

/** systemd takes % for a specifier. */
function escaped(path: string): string {
  return path.replaceAll("%", "%%");
}

function quoted(path: string): string {
  return /^[\w./@:+-]+$/.test(path) ? path : `"${escaped(path).replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
}

/** In a command line, and there alone, it takes $ for a variable. */
function asWord(path: string): string {
  return quoted(path).replaceAll("$", "$$$$");
}
