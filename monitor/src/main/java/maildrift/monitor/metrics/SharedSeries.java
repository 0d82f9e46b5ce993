package maildrift.monitor.metrics;

import java.util.Optional;
import maildrift.monitor.state.Sample;

/**
 * A series of a host or a netblock source. Domains share it: of several values that of the latest
 * look counts. Guarded by the lock of {@link Rows}.
 */
final class SharedSeries {
  final Names name;
  final byte[] labels;
  private long scrape;
  private long at;
  private double value;

  /** What tells it from others. */
  record Key(Sample.Kind kind, String first, String second, String third) {
    static Key of(Sample sample) {
      return new Key(sample.kind(), sample.first(), sample.second(), sample.third());
    }
  }

  SharedSeries(Key key) {
    name = name(key.kind()).orElseThrow();
    labels =
        name.labels().size() == 2
            ? Labels.opened(name, key.first(), key.second())
            : Labels.opened(name, key.first(), key.second(), key.third());
  }

  /** What a look at {@code seenAt} says of it, for one scrape. */
  void offer(long thisScrape, long seenAt, double seen) {
    if (scrape != thisScrape || seenAt >= at) {
      scrape = thisScrape;
      at = seenAt;
      value = seen;
    }
  }

  /** Whether any domain still says something of it. */
  boolean isOf(long thisScrape) {
    return scrape == thisScrape;
  }

  double value() {
    return value;
  }

  static boolean isShared(Sample.Kind kind) {
    return name(kind).isPresent();
  }

  private static Optional<Names> name(Sample.Kind kind) {
    return switch (kind) {
      case TLS_LEVEL -> Optional.of(Names.TLS_LEVEL);
      case TLS_NOT_AFTER -> Optional.of(Names.TLS_NOT_AFTER);
      case TLS_CN_MATCH -> Optional.of(Names.TLS_CN_MATCH);
      case NETBLOCK_DRIFT -> Optional.of(Names.NETBLOCK_DRIFT);
      case SPF_LOOKUPS,
          SPF_VOID_LOOKUPS,
          SPF_NETBLOCKS,
          DKIM_KEY_BITS,
          DMARC_POLICY,
          MX_MATCHES_PROFILE ->
          Optional.empty();
    };
  }
}
