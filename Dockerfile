# Builds with all that is needed for it, runs with what is left: no compiler, no npm cache, no root.
# Node 24 loads the ZeroMQ and SQLite binaries that their packages bring for glibc, on amd64 and arm64.
FROM node:24-bookworm-slim AS build
WORKDIR /build
COPY package.json package-lock.json tsconfig.json ./
COPY src src
RUN npm ci && npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production
WORKDIR /opt/misp-courier
COPY --from=build /build/node_modules node_modules
COPY --from=build /build/dist dist
COPY package.json LICENSE ./
COPY warninglists warninglists
COPY page page
COPY splunk-app splunk-app
# The configuration is mounted at /etc/misp-courier; it says `state: /var/lib/misp-courier`, a volume.
RUN install -d -o node -g node /var/lib/misp-courier /srv/lists
VOLUME ["/var/lib/misp-courier", "/srv/lists"]
USER node
# Node itself must get the signal that ends it, and so be the first process; `docker run --init` does no harm.
ENTRYPOINT ["node", "dist/main.js"]
CMD ["run", "--config", "/etc/misp-courier/config.yaml"]
HEALTHCHECK --interval=60s --timeout=20s --start-period=120s --retries=3 \
  CMD ["node", "dist/main.js", "status", "--config", "/etc/misp-courier/config.yaml"]
