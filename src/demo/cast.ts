/** An organisation whose events are pulled from its server. */
export interface Partner {
  name: string;
  uuid: string;
}

/** Those who share with our SOC. None of them exists. */
export const PARTNERS = {
  northland: { name: "CERT-Northland", uuid: "7a1f0c52-6c0b-4d8e-9f7e-2d3b8f6a1c01" },
  finance: { name: "Fictional-Finance-ISAC", uuid: "7a1f0c52-6c0b-4d8e-9f7e-2d3b8f6a1c02" },
  university: { name: "Harbour-University-CSIRT", uuid: "7a1f0c52-6c0b-4d8e-9f7e-2d3b8f6a1c03" },
} as const satisfies Record<string, Partner>;

/** How the organisation that runs the stand-in is called on screen. */
export const OWN_NAME = "our SOC";

/** What the events of one round are about; the rounds take turns. */
export interface Plot {
  incident: string;
  campaign: string;
  secret: string;
  malware: string;
  /** The beginning of host names. */
  lure: string;
}

/** What is in the news, one plot a round. */
export const PLOTS: readonly [Plot, ...Plot[]] = [
  {
    incident: "Beaconing laptop in accounting",
    campaign: "Phishing kit that imitates a parcel service",
    secret: "Ongoing investigation, named sources",
    malware: "Infostealer in fake invoices, samples of the week",
    lure: "parcel-tracking",
  },
  {
    incident: "Web shell on an old ticket system",
    campaign: "Credential phishing against town halls",
    secret: "Ransom negotiation, victim known",
    malware: "Banking trojan, new packer",
    lure: "citizen-login",
  },
  {
    incident: "Brute force against the VPN gateway",
    campaign: "Fake browser updates on hacked shops",
    secret: "Takedown in preparation",
    malware: "Loader spread with macro documents",
    lure: "browser-update",
  },
];
