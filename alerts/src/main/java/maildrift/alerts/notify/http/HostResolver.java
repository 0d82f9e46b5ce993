package maildrift.alerts.notify.http;

import java.io.IOException;
import java.net.InetAddress;
import java.util.List;

/** Where names get their addresses from. */
@FunctionalInterface
public interface HostResolver {
  /** All addresses; an exception when there are none. */
  List<InetAddress> resolve(String host) throws IOException;

  /** As the machine resolves names. */
  static HostResolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
