package maildrift.alerts.notify;

/**
 * A host and its port.
 *
 * @param host a name, or an address without brackets
 */
public record Server(String host, int port) {
  public Server {
    if (host.isEmpty()
        || !host.chars().allMatch(c -> c > ' ' && c < 0x7f && c != '/' && c != '@')) {
      throw new IllegalArgumentException("a server has a host's name");
    }
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException("no server answers on port " + port);
    }
  }

  /** On this very machine: what goes there does not leave it. */
  public boolean isHere() {
    return host.equalsIgnoreCase("localhost") || host.equals("127.0.0.1") || host.equals("::1");
  }
}
