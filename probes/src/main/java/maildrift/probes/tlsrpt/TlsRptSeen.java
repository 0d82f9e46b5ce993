package maildrift.probes.tlsrpt;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import maildrift.probes.dns.Answer;
import maildrift.probes.dns.DnsName;

/**
 * What was seen of a domain's TLS-RPT.
 *
 * @param txt at {@code _smtp._tls}
 * @param mail per domain of a mailto: address its MX, and where it has none A and AAAA
 * @param web per host of an https: address A and AAAA
 */
public record TlsRptSeen(
    Answer txt, Map<DnsName, List<Answer>> mail, Map<DnsName, List<Answer>> web) {

  public TlsRptSeen {
    mail = Collections.unmodifiableMap(new LinkedHashMap<>(mail));
    web = Collections.unmodifiableMap(new LinkedHashMap<>(web));
  }
}
