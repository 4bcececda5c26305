const UNTRUSTED = "the certificate is signed by nobody who is trusted here; ca_file names whom to trust";

/** What a person can mend, by the code of Node.js or OpenSSL; other codes are known well enough. */
const WORDS: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: UNTRUSTED,
  SELF_SIGNED_CERT_IN_CHAIN: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT: UNTRUSTED,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNTRUSTED,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNTRUSTED,
  CERT_HAS_EXPIRED: "the certificate has expired",
  CERT_NOT_YET_VALID: "the certificate is not valid yet, or this clock is slow",
  ERR_TLS_CERT_ALTNAME_INVALID: "the certificate is for another host name",
  ECONNABORTED: "nothing came within the timeout",
  EPROTO: "what listens there does not speak TLS as https wants it",
  ENOTFOUND: "there is no such host name",
  ERR_CANCELED: "it was waited for no longer",
  EAI_AGAIN: "the host name cannot be looked up now",
};

/** An error's code, and in words what it means where that helps. */
export function whyNoAnswer(code: string): string {
  const words = Object.hasOwn(WORDS, code) ? WORDS[code] : undefined;
  return words === undefined ? code : `${code}: ${words}`;
}
