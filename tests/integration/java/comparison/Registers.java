import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** SET of special registers, and what a connection says of itself afterwards. */
final class Registers {
    private Registers() {
    }

    static void observe(Connection connection, String user) throws SQLException {
        observeReadOnly(connection);
        String schema = connection.getSchema();
        observeSchema(connection, user);
        connection.setSchema(schema);
        observeIsolation(connection);
    }

    private static void observeReadOnly(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE REGISTERED");
        connection.setReadOnly(true);
        Observations.attempt("read-only", connection::isReadOnly);
        Observations.attempt("CREATE TABLE of a connection set to read-only", () -> {
            Observations.execute(connection, "CREATE TABLE REGISTERED (ID INTEGER)");
            return "done";
        });
        connection.setReadOnly(false);
        Observations.quietly(connection, "DROP TABLE REGISTERED");
    }

    private static void observeSchema(Connection connection, String user) throws SQLException {
        String[] statements = { "SET SCHEMA NOSUCH", "SET CURRENT SCHEMA = NOSUCH", "SET SCHEMA " + user, "SET SCHEMA USER",
            "SET CURRENT SCHEMA = '" + user + "'", "SET CURRENT SQLID = " + user, "SET SCHEMA" };
        for (String text : statements) {
            Observations.attempt(text.replace(" = ", " is "), () -> {
                Observations.execute(connection, text);
                return "done";
            });
        }
        Observations.attempt("own schema in VALUES", () -> Observations.query(connection, "VALUES CURRENT SCHEMA"));
        Observations.attempt("schema as a parameter", () -> {
            try (PreparedStatement statement = connection.prepareStatement("SET SCHEMA ?")) {
                statement.setString(1, "NOSUCH");
                statement.execute();
                return "done";
            }
        });
        Observations.attempt("setSchema of no schema", () -> {
            connection.setSchema("NOSUCH");
            return connection.getSchema();
        });
        Observations.attempt("setSchema of the own one", () -> {
            connection.setSchema(user);
            return connection.getSchema();
        });
    }

    private static void observeIsolation(Connection connection) {
        String[] levels = { "CS", "= RS", "TO RR", "REPEATABLE READ", "CURSOR STABILITY", "READ COMMITTED", "RESET", "XX" };
        for (String level : levels) {
            Observations.attempt("SET ISOLATION " + level.replace("= ", "is "), () -> {
                Observations.execute(connection, "SET ISOLATION " + level);
                return "done";
            });
        }
        Observations.attempt("SET of no register", () -> {
            Observations.execute(connection, "SET NOSUCH 5");
            return "done";
        });
    }
}
