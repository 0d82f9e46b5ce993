package maildrift.probes.dns;

/** A door for tests whose name servers, those that NS records name, are not at port 53. */
public final class OpenDoor {
  private OpenDoor() {}

  public static DnsDoor at(DnsSettings settings, int port) {
    return new DnsDoor(settings, port);
  }
}
