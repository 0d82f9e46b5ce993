package maildrift.probes.tlsrpt;

import java.util.List;
import maildrift.probes.Rule;

/** What is demanded of TLS-RPT. */
final class TlsRptRules {

  private TlsRptRules() {}

  static final Rule TXT =
      Rule.warning("tlsrpt.txt", "there is no TLS-RPT record, or none that can be used")
          .why(
              "Nobody reports that mail could not be delivered because of TLS. Where there is none, a warning with MTA-STS or DANE, which make senders insist on TLS; else info.")
          .reference("RFC 8460 §3")
          .remedy("Publish exactly one record with a mailto: or https: address.")
          .example(
              "Wrong: v=TLSRPTv1; rua=tls@contoso.tld. Right: _smtp._tls.contoso.tld. IN TXT"
                  + " \"v=TLSRPTv1; rua=mailto:tls@contoso.tld\"");

  static final Rule DEST =
      Rule.warning("tlsrpt.dest", "TLS reports are sent where they cannot arrive")
          .why(
              "Senders report failed TLS to an address that does not exist or takes no mail, so you do not hear of it.")
          .reference("RFC 8460 §3, §5.3, §5.4")
          .remedy("Name a mailbox or https: address that exists.")
          .example(
              "Wrong: rua=mailto:tls@gone.example without MX or address. Right: rua=mailto:tls@contoso.tld");

  static final List<Rule> ALL = List.of(TXT, DEST);
}
