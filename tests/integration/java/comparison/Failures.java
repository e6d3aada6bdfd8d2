import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Statements that fail: their SQLSTATEs and codes, and that the session goes on. */
final class Failures {
    private static final String[][] STATEMENTS = {
        { "no statement", "FROB THE KNOB" },
        { "half a statement", "SELECT ID FROM" },
        { "open string", "SELECT 'abc FROM PARENT" },
        { "unknown table", "SELECT * FROM NOSUCH" },
        { "unknown table in INSERT", "INSERT INTO NOSUCH VALUES (1)" },
        { "unknown column", "SELECT NOSUCH FROM PARENT" },
        { "unknown column in UPDATE", "UPDATE PARENT SET NOSUCH = 1" },
        { "ambiguous column", "SELECT ID FROM PARENT, CHILD" },
        { "unknown function", "SELECT NOSUCH(ID) FROM PARENT" },
        { "duplicate key", "INSERT INTO PARENT VALUES (1, 'again', 5)" },
        { "duplicate in unique index", "INSERT INTO PARENT VALUES (7, 'one', 5)" },
        { "NULL in NOT NULL", "INSERT INTO PARENT VALUES (7, NULL, 5)" },
        { "unknown parent", "INSERT INTO CHILD VALUES (2, 99)" },
        { "parent with children", "DELETE FROM PARENT WHERE ID = 1" },
        { "check constraint", "INSERT INTO PARENT VALUES (8, 'eight', -1)" },
        { "too many values", "INSERT INTO PARENT VALUES (9, 'nine', 5, 5)" },
        { "table exists", "CREATE TABLE PARENT (ID INTEGER)" },
        { "duplicate column", "CREATE TABLE TWICE (ID INTEGER, ID INTEGER)" },
        { "drop of nothing", "DROP TABLE NOSUCH" },
        { "drop of no view", "DROP VIEW NOSUCH" },
        { "drop of no index", "DROP INDEX NOSUCH" },
        { "division by zero", "SELECT ID / 0 FROM PARENT" },
        { "scalar subquery with two columns", "SELECT (SELECT ID, NAME FROM PARENT) FROM PARENT" },
        { "aggregate in WHERE", "SELECT ID FROM PARENT WHERE COUNT(*) > 1" },
        { "UNION of different widths", "SELECT ID FROM PARENT UNION SELECT ID, NAME FROM PARENT" },
        { "no such savepoint", "ROLLBACK TO SAVEPOINT NOSUCH" },
        { "no such procedure", "CALL NOSUCH()" },
        { "no row to update", "UPDATE PARENT SET LEVEL = 1 WHERE ID = 12345" },
    };

    private Failures() {
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE CHILD", "DROP TABLE PARENT");
        Observations.execute(connection,
            "CREATE TABLE PARENT (ID INTEGER NOT NULL PRIMARY KEY, NAME VARCHAR(20) NOT NULL, LEVEL INTEGER CHECK (LEVEL > 0))",
            "CREATE UNIQUE INDEX PARENTX ON PARENT (NAME)",
            "CREATE TABLE CHILD (ID INTEGER NOT NULL PRIMARY KEY, PARENT INTEGER REFERENCES PARENT)",
            "INSERT INTO PARENT VALUES (1, 'one', 1)", "INSERT INTO CHILD VALUES (1, 1)");
        for (String[] statement : STATEMENTS) {
            Observations.attempt(statement[0], () -> run(connection, statement[1]));
            Observations.attempt(statement[0] + ", prepared", () -> runPrepared(connection, statement[1]));
        }
        Observations.attempt("query as update", () -> {
            try (Statement statement = connection.createStatement()) {
                return statement.executeUpdate("SELECT ID FROM PARENT");
            }
        });
        Observations.attempt("update as query", () -> Observations.query(connection, "UPDATE PARENT SET LEVEL = 2"));
        Observations.attempt("missing parameter", () -> {
            try (PreparedStatement query = connection.prepareStatement("SELECT ID FROM PARENT WHERE ID = ?")) {
                return Observations.rows(query.executeQuery());
            }
        });
        Observations.attempt("message names the table", () -> {
            try {
                return Observations.query(connection, "SELECT * FROM NOSUCH");
            } catch (SQLException failure) {
                return failure.getMessage().contains("NOSUCH");
            }
        });
        Observations.attempt("the session goes on", () -> Observations.query(connection, "SELECT NAME FROM PARENT"));
        Observations.attempt("NULL as a key", () -> run(connection, "INSERT INTO PARENT VALUES (NULL, 'null', 5)"));
        Observations.quietly(connection, "DROP TABLE CHILD", "DROP TABLE PARENT");
    }

    private static Object run(Connection connection, String text) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            if (!statement.execute(text)) {
                return statement.getUpdateCount();
            }
            try (ResultSet rows = statement.getResultSet()) {
                return Observations.rows(rows);
            }
        }
    }

    private static Object runPrepared(Connection connection, String text) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(text)) {
            if (!statement.execute()) {
                return statement.getUpdateCount();
            }
            try (ResultSet rows = statement.getResultSet()) {
                return Observations.rows(rows);
            }
        }
    }
}
