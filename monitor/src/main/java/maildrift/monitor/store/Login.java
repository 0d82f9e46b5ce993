package maildrift.monitor.store;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Optional;
import java.util.Properties;

/**
 * Where a store is, and as whom it is opened.
 *
 * @param url JDBC, H2 or PostgreSQL
 * @param username of PostgreSQL; empty: the one of the URL, or the driver's choice
 * @param password of PostgreSQL
 */
public record Login(String url, Optional<String> username, Optional<String> password) {

  public static Login of(String url) {
    return new Login(url, Optional.empty(), Optional.empty());
  }

  /** A connection of its own, outside of any pool. */
  Connection connect(Properties settings) throws SQLException {
    var all = new Properties();
    all.putAll(settings);
    username.ifPresent(user -> all.setProperty("user", user));
    password.ifPresent(word -> all.setProperty("password", word));
    return DriverManager.getConnection(url, all);
  }

  /** The URL without what may be secret. */
  String shown() {
    var end = url.indexOf('?');
    var plain = end < 0 ? url : url.substring(0, end);
    var at = plain.lastIndexOf('@');
    return at < 0 ? plain : "jdbc:postgresql://" + plain.substring(at + 1);
  }

  @Override
  public String toString() {
    return "Login[url=%s]".formatted(shown());
  }
}
