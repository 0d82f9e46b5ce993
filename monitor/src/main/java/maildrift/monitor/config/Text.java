package maildrift.monitor.config;

/**
 * A scalar's text with its environment variables put in.
 *
 * @param value for use
 * @param written for messages: with {@code ${env:NAME}} still in it, since what the environment
 *     holds may be a secret
 */
record Text(String value, String written, Place place) {

  boolean isFromEnvironment() {
    return !value.equals(written);
  }

  String shown() {
    return "'" + Words.shortened(written) + "'";
  }
}
