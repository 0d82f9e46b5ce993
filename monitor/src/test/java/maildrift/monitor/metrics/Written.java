package maildrift.monitor.metrics;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Set;
import java.util.function.Consumer;
import maildrift.monitor.config.MetricsConfig;
import maildrift.monitor.state.DomainState;

/** What a scraper would get, as text. */
final class Written {
  private Written() {}

  static String by(Consumer<Sink> writer) {
    var bytes = new ByteArrayOutputStream();
    writer.accept((piece, length) -> bytes.write(piece, 0, length));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  static String by(Metrics metrics, Collection<DomainState> states, boolean open, int maxSeries) {
    return by(
        sink ->
            metrics.scrape(
                states,
                new Asked(open, Set.of()),
                new MetricsConfig(MetricsConfig.Detail.FULL, maxSeries),
                sink));
  }
}
