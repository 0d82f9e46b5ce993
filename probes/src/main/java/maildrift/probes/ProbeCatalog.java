package maildrift.probes;

import java.util.List;
import java.util.Optional;
import maildrift.probes.autosetup.AutoProbe;
import maildrift.probes.bimi.BimiProbe;
import maildrift.probes.caa.CaaProbe;
import maildrift.probes.conversation.SmtpProbe;
import maildrift.probes.dane.DaneProbe;
import maildrift.probes.declared.DeclaredProbe;
import maildrift.probes.dkim.DkimProbe;
import maildrift.probes.dmarc.DmarcProbe;
import maildrift.probes.dnssec.DnssecProbe;
import maildrift.probes.gateway.GatewayProbe;
import maildrift.probes.migration.MigrationProbe;
import maildrift.probes.mtasts.MtaStsProbe;
import maildrift.probes.mx.MxProbe;
import maildrift.probes.netblocks.NetblocksProbe;
import maildrift.probes.rbl.RblProbe;
import maildrift.probes.records.RecordsProbe;
import maildrift.probes.spf.SpfProbe;
import maildrift.probes.strays.StraysProbe;
import maildrift.probes.tls.TlsProbe;
import maildrift.probes.tls.TrustAnchors;
import maildrift.probes.tlsrpt.TlsRptProbe;
import maildrift.probes.zone.ZoneProbe;

/** All probes, in the order in which they are shown. The README's tables are printed from it. */
public final class ProbeCatalog {

  private static final List<Probe<?>> ALL = of(TrustAnchors.system());

  private ProbeCatalog() {}

  /** With the system's trust anchors. */
  public static List<Probe<?>> all() {
    return ALL;
  }

  /** With these trust anchors, e.g. the system's and those of {@code --ca-file}. */
  public static List<Probe<?>> of(TrustAnchors anchors) {
    // One line each: spf, dkim, dmarc, mx, tls, netblocks, mtasts, tlsrpt and those that came
    // later.
    return List.of(
        new SpfProbe(), //
        new DkimProbe(), //
        new DmarcProbe(), //
        new MxProbe(), //
        new TlsProbe(anchors), //
        new NetblocksProbe(), //
        new MtaStsProbe(anchors), //
        new TlsRptProbe(), //
        new RecordsProbe(), //
        new CaaProbe(), //
        new StraysProbe(), //
        new DnssecProbe(), //
        new DaneProbe(), //
        new RblProbe(), //
        new BimiProbe(anchors), //
        new AutoProbe(anchors), //
        new GatewayProbe(), //
        new SmtpProbe(), //
        new ZoneProbe(), //
        new MigrationProbe(), //
        new DeclaredProbe() //
        );
  }

  public static Optional<Probe<?>> named(String name) {
    return ALL.stream()
        .<Probe<?>>map(probe -> probe)
        .filter(probe -> probe.name().equals(name))
        .findFirst();
  }
}
