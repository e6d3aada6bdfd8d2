import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Result sets: several at a time, over many blocks, scrollable, held over COMMIT, limited, updatable. */
final class Cursors {
    private static final int ROWS = 3000;

    private Cursors() {
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP TABLE ROWSET");
        Observations.execute(connection, "CREATE TABLE ROWSET (ID INTEGER NOT NULL PRIMARY KEY, V VARCHAR(60))");
        connection.setAutoCommit(false);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO ROWSET VALUES (?, ?)")) {
            for (int i = 1; i <= ROWS; i++) {
                insert.setInt(1, i);
                insert.setString(2, "value of the row number " + i);
                insert.addBatch();
            }
            insert.executeBatch();
        }
        connection.commit();
        observeMany(connection);
        observeHold(connection);
        observeLimits(connection);
        observeScrolling(connection);
        observeUpdating(connection);
        connection.rollback();
        Observations.execute(connection, "DROP TABLE ROWSET");
        connection.commit();
    }

    private static void observeMany(Connection connection) throws SQLException {
        String text = "SELECT ID, V FROM ROWSET ORDER BY ID";
        try (Statement first = connection.createStatement(); Statement second = connection.createStatement();
             ResultSet one = first.executeQuery(text); ResultSet two = second.executeQuery(text + " DESC")) {
            int equal = 0;
            int count = 0;
            while (one.next() && two.next()) {
                count++;
                equal += one.getInt(1) + two.getInt(1) == ROWS + 1 ? 1 : 0;
            }
            Observations.print("two side by side", count + " " + equal);
            Observations.attempt("after the end", () -> one.next());
        }
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(text)) {
            rows.next();
            Observations.print("closed early at", rows.getInt(1));
        }
        Observations.attempt("empty", () -> Observations.query(connection, "SELECT ID FROM ROWSET WHERE ID < 0"));
        Observations.attempt("expression", () -> Observations.query(connection, "SELECT ID + 1, V || '!' FROM ROWSET WHERE ID = 7"));
        Observations.attempt("join", () -> Observations.query(connection,
            "SELECT A.ID, B.ID FROM ROWSET A JOIN ROWSET B ON A.ID = B.ID + 1 WHERE A.ID < 4 ORDER BY A.ID"));
        Observations.attempt("aggregates", () -> Observations.query(connection, "SELECT COUNT(*), MIN(ID), MAX(ID) FROM ROWSET"));
        Observations.attempt("sum and average", () -> Observations.query(connection, "SELECT SUM(ID), AVG(ID) FROM ROWSET"));
        Observations.attempt("labels", () -> {
            try (Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("select id, v as other, id as \"Quoted\", count(*) as n from rowset group by id, v")) {
                return Observations.columns(rows.getMetaData());
            }
        });
        Observations.attempt("origin of columns", () -> {
            try (Statement statement = connection.createStatement();
                 ResultSet rows = statement.executeQuery("select id as n, id + 1 from rowset")) {
                boolean own = rows.getMetaData().getSchemaName(1).equals(connection.getSchema());
                return own + " " + rows.getMetaData().getTableName(1) + "|" + rows.getMetaData().getTableName(2);
            }
        });
        Observations.attempt("VALUES", () -> Observations.query(connection, "VALUES (1, 'a'), (2, 'b')"));
        Observations.attempt("VALUES without parentheses", () -> Observations.query(connection, "VALUES 1"));
        Observations.attempt("OFFSET and FETCH", () -> Observations.query(connection,
            "SELECT ID FROM ROWSET ORDER BY ID OFFSET 5 ROWS FETCH NEXT 3 ROWS ONLY"));
        Observations.attempt("FETCH FIRST", () -> Observations.query(connection, "SELECT ID FROM ROWSET ORDER BY ID FETCH FIRST 2 ROWS ONLY"));
        Observations.attempt("SYSDUMMY1", () -> Observations.query(connection, "SELECT IBMREQD FROM SYSIBM.SYSDUMMY1"));
    }

    private static void observeHold(Connection connection) throws SQLException {
        for (int holdability : new int[] { ResultSet.HOLD_CURSORS_OVER_COMMIT, ResultSet.CLOSE_CURSORS_AT_COMMIT }) {
            boolean hold = holdability == ResultSet.HOLD_CURSORS_OVER_COMMIT;
            try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_READ_ONLY, holdability);
                 ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID")) {
                rows.next();
                connection.commit();
                Observations.attempt(hold ? "held over COMMIT" : "not held over COMMIT", () -> rows.next() ? rows.getInt(1) : "end");
            }
        }
        try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID")) {
            rows.next();
            connection.rollback();
            Observations.attempt("after ROLLBACK", () -> rows.next() ? rows.getInt(1) : "end");
        }
    }

    private static void observeLimits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.setMaxRows(5);
            Observations.attempt("maximum of rows", () -> {
                try (ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID")) {
                    return Observations.rows(rows);
                }
            });
            statement.setMaxRows(0);
            statement.setFetchSize(10);
            Observations.attempt("fetch size", () -> {
                try (ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET WHERE ID <= 25 ORDER BY ID")) {
                    return Observations.rows(rows).length();
                }
            });
            statement.setQueryTimeout(30);
            Observations.attempt("query time-out", () -> {
                try (ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET WHERE ID = 1")) {
                    return Observations.rows(rows);
                }
            });
        }
    }

    private static void observeScrolling(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_READ_ONLY)) {
            ResultSet rows = statement.executeQuery("SELECT ID FROM ROWSET ORDER BY ID");
            Observations.attempt("scrollable: last", () -> rows.last() + " " + rows.getInt(1) + " " + rows.getRow());
            Observations.attempt("scrollable: first", () -> rows.first() + " " + rows.getInt(1) + " " + rows.getRow());
            Observations.attempt("scrollable: absolute", () -> rows.absolute(1500) + " " + rows.getInt(1));
            Observations.attempt("scrollable: relative", () -> rows.relative(-100) + " " + rows.getInt(1));
            Observations.attempt("scrollable: previous", () -> rows.previous() + " " + rows.getInt(1));
            Observations.attempt("scrollable: from the end", () -> rows.absolute(-2) + " " + rows.getInt(1));
            Observations.attempt("scrollable: beyond", () -> rows.absolute(ROWS + 10) + " " + rows.isAfterLast());
            Observations.attempt("scrollable: before the first", () -> {
                rows.beforeFirst();
                return rows.isBeforeFirst() + " " + rows.next() + " " + rows.getInt(1);
            });
            Observations.attempt("scrollable: type", rows::getType);
            rows.close();
        } catch (SQLException failure) {
            Observations.print("scrollable", Observations.describe(failure));
        }
    }

    private static void observeUpdating(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
            Observations.attempt("updatable", () -> {
                try (ResultSet rows = statement.executeQuery("SELECT ID, V FROM ROWSET WHERE ID = 1")) {
                    rows.next();
                    rows.updateString(2, "updated");
                    rows.updateRow();
                    return "updated";
                }
            });
        }
    }
}
