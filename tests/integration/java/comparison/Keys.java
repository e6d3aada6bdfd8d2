import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Generated keys. */
final class Keys {
    private Keys() {
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE KEYED");
        Observations.execute(connection,
            "CREATE TABLE KEYED (ID INTEGER NOT NULL GENERATED ALWAYS AS IDENTITY PRIMARY KEY, V VARCHAR(20))");
        try (Statement statement = connection.createStatement()) {
            Observations.print("rows inserted", statement.executeUpdate("INSERT INTO KEYED (V) VALUES ('a')", Statement.RETURN_GENERATED_KEYS));
            Observations.attempt("of a statement", () -> key(statement));
        }
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO KEYED (V) VALUES (?)", Statement.RETURN_GENERATED_KEYS)) {
            for (int i = 0; i < 3; i++) {
                insert.setString(1, "row " + i);
                insert.executeUpdate();
                Observations.attempt("of a prepared statement " + i, () -> key(insert));
            }
        }
        try (Statement statement = connection.createStatement()) {
            statement.executeUpdate("UPDATE KEYED SET V = 'b' WHERE ID = 1", Statement.NO_GENERATED_KEYS);
            Observations.attempt("not asked for", () -> statement.getGeneratedKeys() == null ? "none" : "some");
        }
        Observations.attempt("IDENTITY_VAL_LOCAL", () -> Observations.query(connection, "SELECT IDENTITY_VAL_LOCAL() FROM SYSIBM.SYSDUMMY1"));
        Observations.print("rows", Observations.query(connection, "SELECT ID, V FROM KEYED ORDER BY ID"));
        Observations.execute(connection, "DROP TABLE KEYED");
    }

    private static String key(Statement statement) throws SQLException {
        try (ResultSet keys = statement.getGeneratedKeys()) {
            return keys != null && keys.next() ? keys.getString(1) : "none";
        }
    }
}
