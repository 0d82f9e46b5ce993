package maildrift.probes.tls;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of the TLS of a mail host. */
final class TlsRules {

  private TlsRules() {}

  static final Rule STARTTLS =
      Rule.warning("tls.starttls", "the mail host does not offer STARTTLS")
          .why(
              "All mail to this host crosses the Internet in clear text, and senders that insist on TLS do not deliver at all.")
          .reference("RFC 3207 §4; RFC 8314 §3; CISA BOD 18-01")
          .remedy(
              "Give the server a certificate and turn STARTTLS on (Postfix: smtpd_tls_chain_files and smtpd_tls_security_level = may). When EHLO shows XXXXXXXA instead, a firewall masks it: turn its SMTP inspection off.")
          .example(
              "violates: 250-mx.example.net / 250 SIZE 35882577; does not: 250-mx.example.net / 250 STARTTLS");

  static final Rule HANDSHAKE =
      Rule.warning(
              "tls.handshake",
              "STARTTLS is offered, but a modern client cannot negotiate with the server")
          .why(
              "Senders that try TLS fail and fall back to clear text or, when they insist on it, do not deliver. This is not the same as no STARTTLS: the server tries, with ciphers, keys or signatures that are no longer accepted.")
          .reference("RFC 9325 §4; RFC 3207 §4")
          .remedy(
              "Offer TLS 1.2 and 1.3 with ECDHE cipher suites, an RSA key of 2048 bits or more (or P-256) and SHA-256 signatures; update the server's TLS library.")
          .example(
              "violates: only TLS_RSA_WITH_AES_128_CBC_SHA; does not: TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

  static final Rule VERSION =
      Rule.critical("tls.version", "the server's TLS versions are out of date")
          .why(
              "TLS 1.0 and 1.1 are forbidden. A server that speaks nothing newer gets its mail in clear text or not at all (critical); one that still accepts them beside 1.2 is worth knowing (info; SSL 3.0 a warning): mail servers such as Postfix 3.7 do so as they come, and mail from an old sender is better encrypted badly than not at all. Where a framework forbids it, give the rule another severity (severities). That only TLS 1.3 is missing is info, too. A server is asked once a day whether it still accepts them.")
          .reference("RFC 8996 §2; RFC 9325 §3.1.1; RFC 8997")
          .remedy("Turn on TLS 1.2 and 1.3 (Postfix: smtpd_tls_protocols = >=TLSv1.2).")
          .example(
              "violates: TLS 1.0 only; warning: SSL 3.0 and TLS 1.2; info: TLS 1.1 and 1.2, TLS 1.2 only; does not: TLS 1.2 and 1.3");

  static final Rule CIPHER =
      Rule.warning("tls.cipher", "a cipher suite that the server negotiates is weak")
          .why(
              "Without forward secrecy whoever gets the server's key one day reads all mail recorded until then; NULL, EXPORT, DES, RC4 and 3DES suites (critical, also when the server accepts them only from who offers nothing better, which it is asked once a day) protect nothing. Anonymous suites for who offers nothing better are info: Postfix accepts them by default, and no sender that verifies offers them.")
          .reference("RFC 9325 §4.1, §4.2; RFC 7465")
          .remedy(
              "Prefer ECDHE suites with AES-GCM or ChaCha20 and turn the others off (Postfix: smtpd_tls_ciphers = high, smtpd_tls_exclude_ciphers = aNULL, eNULL, EXPORT, DES, 3DES, RC4, MD5).")
          .example(
              "violates: TLS_RSA_WITH_AES_256_GCM_SHA384; does not: TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384");

  static final Rule CHAIN =
      Rule.warning("tls.chain", "the certificate chain does not reach a trusted root")
          .why(
              "Nobody can tell the server from an impostor: levels verify and secure, MTA-STS and connectors that want a trusted authority refuse it. Critical where the declared level needs it. Revocation is not checked.")
          .reference("RFC 5280 §6; RFC 8446 §4.4.2")
          .remedy(
              "Send the intermediate certificates with the server's own (fullchain.pem, not cert.pem), from an authority that is publicly trusted; for an authority of your own give maildrift its root with --ca-file.")
          .example("violates: only the server's own certificate is sent, or a self-signed one");

  static final Rule CERT_EXPIRY =
      Rule.critical("tls.cert-expiry", "the certificate has expired or is about to")
          .why(
              "From that instant senders that verify certificates stop delivering. Measured relative to the lifetime: warning below a third of it (at most 21 days), critical below a tenth (at most 7 days), when it has expired and when it is not valid yet.")
          .reference("RFC 5280 §4.1.2.5; CA/Browser Forum SC-081v3")
          .remedy(
              "Renew the certificate, install it with its chain, reload the mail server; then see why the automatic renewal did not.")
          .example("violates: 5 of 90 days left; does not: 40 of 90 days left");

  static final Rule CERT_LIFETIME =
      Rule.info(
              "tls.cert-lifetime",
              "the certificate lives longer than public authorities may let it")
          .why(
              "Publicly trusted certificates issued from 2026-03-15 may live 200 days, from 2027-03-15 100 days, from 2029-03-15 47 days; clients start to refuse longer ones.")
          .reference("CA/Browser Forum ballot SC-081v3")
          .remedy("Renew with a lifetime that is allowed, automatically (ACME).")
          .example(
              "violates: issued 2026-06-01 for 398 days; does not: issued 2026-06-01 for 90 days");

  static final Rule CERT_KEY =
      Rule.critical("tls.cert-key", "a key or signature of the certificate chain is weak")
          .why(
              "RSA keys below 2048 bits, curves below 256 bits, DSA, and signatures with SHA-1 or MD5 can be forged with effort; clients refuse them. RSA below 3072 bits is info.")
          .reference("RFC 9325 §4.5; NIST SP 800-131A; NCSC-NL TLS guidelines 2025-05")
          .remedy(
              "Make a new key (openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256) and have it certified with SHA-256.")
          .example("violates: RSA 1024, SHA1withRSA; does not: P-256, or RSA 3072 with SHA-256");

  static final Rule CERT_SAN_MATCH =
      Rule.warning(
              "tls.cert-san-match", "no subject alternative name of the certificate is the host's")
          .why(
              "Clients by RFC 9525 and MTA-STS look at the SAN only and never at the CN; Postfix looks at the CN only where there is no SAN. For them this certificate belongs to somebody else.")
          .reference("RFC 9525 §6.3; RFC 8461 §4.2; Postfix TLS_README")
          .remedy("Have the host's name put into the certificate's SAN.")
          .example(
              "violates: host mx1.example.net, SAN mail.example.net; does not: SAN *.example.net");

  static final Rule CERT_CN_MATCH =
      Rule.info("tls.cert-cn-match", "the certificate's common name is not the host's")
          .why(
              "Standards clients ignore the CN, but a SEPPmail connector compares it: critical where a connector name is declared that the CN does not carry.")
          .reference(
              "RFC 9525 §2; SEPPmail, integration with Exchange Online: CN = connector host name")
          .remedy(
              "Have the certificate issued with the host's name as CN, and repeated in the SAN.")
          .example("violates: host mx1.example.net, CN example.net; does not: CN *.example.net");

  static final Rule CERT_CN_ABSENT =
      Rule.info("tls.cert-cn-absent", "the certificate has no common name")
          .why(
              "Right for standards clients (public authorities no longer recommend a CN), but a connector that compares the CN refuses it: critical where a connector name is declared.")
          .reference(
              "CA/Browser Forum Baseline Requirements §7.1.2.7; Let's Encrypt profile tlsserver")
          .remedy(
              "Where a connector needs it, order the certificate with a CN (Let's Encrypt: profile classic).")
          .example("violates: subject O=Example; does not: subject CN=mx1.example.net");

  static final Rule CERT_EKU =
      Rule.critical("tls.cert-eku", "the certificate may not be used for this")
          .why(
              "Without serverAuth among its extended key usages clients refuse it. Where a connector recognises the gateway by its certificate, it is a client's too, and clientAuth is missing from public ones since 2026 (warning).")
          .reference("RFC 5280 §4.2.1.12; Chrome Root Program (clientAuth, June 2026)")
          .remedy(
              "Order a server certificate; for the connector's leg ask its other side whether it wants clientAuth, and use a certificate of an authority that still issues it.")
          .example("violates: only emailProtection; does not: serverAuth");

  static final Rule LEVEL =
      Rule.critical("tls.level", "the protection reached is below the declared TLS level")
          .why(
              "The gateway is told to deliver only at that level, so mail on this leg is deferred and bounces; or it is not, and is less protected than promised. Asked for by tls_levels (of one leg) or tls_level; at least verify on every leg of a gateway that tenants share; a provider's own wish for its hosts makes a warning. Levels: none < may (offered, the handshake fails) < encrypt < verify (chain and MX name) < secure (chain and next-hop name) < fingerprint (the pinned certificate).")
          .reference("Postfix TLS_README; SEPPmail, managed domain, TLS settings")
          .remedy(
              "See the other findings of this host for what is missing, or declare the level that is meant.")
          .example("violates: tls_level: secure and a certificate for another name");

  static final Rule CONNECTOR_NAME =
      Rule.critical(
              "tls.connector-name",
              "the certificate's common name is not the connector's host name")
          .why(
              "Exchange Online recognises the gateway by this name (TlsSenderCertificateName); with another one its mail counts as anonymous, is filtered as spam or refused.")
          .reference(
              "SEPPmail, integration with Exchange Online; Microsoft, New-InboundConnector -TlsSenderCertificateName")
          .remedy(
              "Install a certificate whose CN is the connector's host name or its wildcard, or change the name in the connector and in connector_name.")
          .example(
              "violates: connector_name secure.example.net, CN gw1.example.net; does not: CN *.example.net");

  static final Rule FINGERPRINT =
      Rule.warning("tls.fingerprint", "the pinned certificate or key has changed")
          .why(
              "Whoever pinned it (TLS level fingerprint) no longer delivers to this host: critical where that level is declared.")
          .reference("Postfix TLS_README, fingerprint; RFC 7469 §2.4 for the form of a key's pin")
          .remedy(
              "When the change was yours: replace the pin here and at everybody who has it. When it was not, find out who answers.")
          .example("violates: pin 0a1b…, presented 9f8e…");

  static final Rule SNI =
      Rule.info("tls.sni", "the server shows another certificate when no server name is sent")
          .why(
              "Postfix, and with it most gateways, sends no server name (SNI) unless it is told to, so it sees the other certificate; MTA-STS and DANE senders send the name. One host then passes for some senders and fails for others.")
          .reference("RFC 6066 §3; RFC 7817 §3; RFC 8461 §4.3; Postfix smtp_tls_servername")
          .remedy(
              "Make the certificate of the MX host the server's default too (Postfix: smtpd_tls_chain_files; tls_server_sni_maps for the others).")
          .example(
              "violates: with the name mx.contoso.tld its certificate, without it one for host17.provider.example");

  static final Rule CERT_CHANGED =
      Rule.info("tls.cert-changed", "the certificate is another one than accepted")
          .why(
              "Renewals are news for a week. Another issuer is worth a question until it is accepted; another key is critical where the level fingerprint is declared, for whoever pinned the old one no longer delivers.")
          .reference("maildrift documentation, baseline; RFC 7469 §2.4 for the form of a key's pin")
          .remedy(
              "If the change is yours or the provider's: maildrift baseline accept DOMAIN. If nobody knows of it, find out who answers at this address.")
          .example("old: issuer R11, key 0a1b…; new: issuer Somebody Else CA, key 9f8e…");

  static final Rule EHLO_EXTENSIONS =
      Rule.info(
              "smtp.ehlo-ext", "the server's list of SMTP extensions differs from the accepted one")
          .why(
              "Another list is another server, another version, or something in between that takes words out: an inspecting firewall, or somebody who wants mail in the clear. Critical when STARTTLS is what is gone.")
          .reference("RFC 5321 §4.1.1.1; RFC 3207 §6")
          .remedy(
              "If the change is right: maildrift baseline accept DOMAIN. If STARTTLS went, turn it on again, or turn the firewall's SMTP inspection off.")
          .example("old: 8BITMIME PIPELINING SIZE STARTTLS; new: 8BITMIME SIZE");

  static final List<Rule> ALL =
      List.of(
          STARTTLS,
          HANDSHAKE,
          VERSION,
          CIPHER,
          LEVEL,
          CHAIN,
          CERT_EXPIRY,
          CERT_SAN_MATCH,
          CERT_CN_MATCH,
          CERT_CN_ABSENT,
          CONNECTOR_NAME,
          FINGERPRINT,
          CERT_EKU,
          CERT_KEY,
          CERT_LIFETIME,
          SNI,
          CERT_CHANGED,
          EHLO_EXTENSIONS);
}
