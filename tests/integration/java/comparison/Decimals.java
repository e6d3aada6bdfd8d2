import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;

/** Expressions with DECIMAL: their types and their values. */
final class Decimals {
    private static final String[] COLUMNS = { "A", "B", "C", "D" };
    private static final int RANDOM_EXPRESSIONS = 60;

    private Decimals() {
    }

    static void observe(Connection connection) throws SQLException {
        Observations.quietly(connection, "DROP VIEW TAXED", "DROP TABLE AMOUNTS");
        Observations.execute(connection,
            "CREATE TABLE AMOUNTS (ID INTEGER NOT NULL PRIMARY KEY, A DECIMAL(9,2), B DECIMAL(5,3), C DECIMAL(15,4), D DECIMAL(22,10), N INTEGER, "
                + "DAY DATE, T VARCHAR(5), F DOUBLE)");
        fill(connection);
        Observations.execute(connection, "CREATE VIEW TAXED AS SELECT ID, A * 0.19 AS TAX, D + 1.5 AS MORE FROM AMOUNTS WHERE ID < 6");
        for (String expression : new String[] {
            "A + B", "A - D", "A * B", "C * D", "A / B", "D / A", "-D", "-(A + 1.00)", "A * 1.155", "(A + B) * (C - D)", "A * (B - B)", "ABS(D)",
            "COALESCE(A, B)", "NULLIF(A, B)", "CASE WHEN ID < 3 THEN A ELSE D END", "A + F", "CAST(A * B AS DECIMAL(9,1))", "MOD(N, 3) * A" }) {
            observe(connection, expression, "SELECT " + expression + " FROM AMOUNTS ORDER BY ID");
        }
        for (String query : new String[] {
            "SELECT SUM(A), SUM(D), MIN(C), MAX(D), MIN(DAY), MAX(T) FROM AMOUNTS", "SELECT SUM(A * B) FROM AMOUNTS",
            "SELECT SUM(A) FROM AMOUNTS WHERE ID > 100", "SELECT SUM(DISTINCT B) FROM AMOUNTS", "SELECT N, SUM(A) FROM AMOUNTS WHERE ID < 6 GROUP BY N ORDER BY N",
            "SELECT N FROM AMOUNTS GROUP BY N HAVING SUM(A) > 100.5 ORDER BY N", "SELECT ID FROM AMOUNTS WHERE ID < 6 ORDER BY A * B, ID",
            "SELECT ID FROM AMOUNTS WHERE A * 2 > D ORDER BY ID", "SELECT ID FROM AMOUNTS WHERE D + 1 BETWEEN A AND C ORDER BY ID",
            "SELECT S.X FROM (SELECT A + D AS X FROM AMOUNTS WHERE ID < 6) S ORDER BY 1", "SELECT A FROM AMOUNTS WHERE ID < 6 UNION ALL SELECT D FROM AMOUNTS WHERE ID < 6 ORDER BY 1",
            "SELECT ID FROM AMOUNTS WHERE A IN (SELECT MAX(A) FROM AMOUNTS)", "SELECT MORE, TAX FROM TAXED WHERE TAX > 0.1 ORDER BY TAX",
            "SELECT SUM(MORE) FROM TAXED", "VALUES 1.1 + 2.2", "VALUES (1.10 * 3.00, 2.5 - 0.25)" }) {
            observe(connection, query, query);
        }
        Observations.attempt("division by zero", () -> Observations.query(connection, "SELECT A / (B - B) FROM AMOUNTS WHERE ID = 1"));
        Observations.attempt("overflow", () -> Observations.query(connection, "SELECT D * D * D FROM AMOUNTS WHERE ID = 2"));
        parameters(connection);
        changes(connection);
        random(connection);
    }

    private static void fill(Connection connection) throws SQLException {
        Random random = new Random(31);
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO AMOUNTS VALUES (?, ?, ?, ?, ?, ?, '2024-02-29', 'abc', 1.5)")) {
            for (int id = 1; id <= 5; id++) {
                insert.setInt(1, id);
                insert.setBigDecimal(2, BigDecimal.valueOf(random.nextInt(2_000_000_00) - 1_000_000_00, 2));
                insert.setBigDecimal(3, BigDecimal.valueOf(random.nextInt(99_998) + 1, 3));
                insert.setBigDecimal(4, BigDecimal.valueOf(random.nextLong() % 1_000_000_000_000_000L, 4));
                insert.setBigDecimal(5, BigDecimal.valueOf(random.nextLong(), 10));
                insert.setInt(6, id / 2);
                insert.executeUpdate();
            }
        }
        Observations.execute(connection, "INSERT INTO AMOUNTS (ID, A) VALUES (6, 0.10)");
    }

    /** The first column's type, and all values. */
    private static void observe(Connection connection, String observation, String query) {
        Observations.attempt(observation, () -> Observations.query(connection, query));
        Observations.attempt(observation + " type", () -> {
            try (Statement statement = connection.createStatement(); ResultSet rows = statement.executeQuery(query)) {
                return rows.getMetaData().getColumnTypeName(1) + '(' + rows.getMetaData().getPrecision(1) + ',' + rows.getMetaData().getScale(1) + ')';
            }
        });
    }

    private static void parameters(Connection connection) {
        for (String text : new String[] { "SELECT A * ? FROM AMOUNTS WHERE ID=1", "SELECT ID FROM AMOUNTS WHERE A + B > ? ORDER BY ID",
            "SELECT N FROM AMOUNTS GROUP BY N HAVING SUM(A) > ? ORDER BY N", "SELECT COALESCE(B, ?) FROM AMOUNTS ORDER BY ID" }) {
            Observations.attempt(text, () -> {
                try (PreparedStatement query = connection.prepareStatement(text)) {
                    query.setBigDecimal(1, new BigDecimal("12.50"));
                    try (ResultSet rows = query.executeQuery()) {
                        return Observations.rows(rows);
                    }
                }
            });
        }
    }

    private static void changes(Connection connection) {
        for (String text : new String[] { "UPDATE AMOUNTS SET A=A * 1.005, C=C + B, D=D - 0.0000000001",
            "INSERT INTO AMOUNTS (ID, A, D) SELECT ID + 10, A / 3, D * 2 FROM AMOUNTS", "INSERT INTO AMOUNTS (ID, A) VALUES (100, 1.999)",
            "UPDATE AMOUNTS SET A=9999999.99 * 2 WHERE ID=1" }) {
            Observations.attempt(text, () -> {
                Observations.execute(connection, text);
                return Observations.query(connection, "SELECT ID, A, C, D FROM AMOUNTS ORDER BY ID");
            });
        }
    }

    private static void random(Connection connection) {
        Random random = new Random(20240229);
        for (int i = 0; i < RANDOM_EXPRESSIONS; i++) {
            String expression = expression(random, 3);
            observe(connection, "random " + expression, "SELECT " + expression + " FROM AMOUNTS WHERE ID IN (1, 2, 3, 6, 12) ORDER BY ID");
        }
    }

    private static String expression(Random random, int depth) {
        int choice = random.nextInt(depth > 0 ? 9 : 3);
        switch (choice) {
            case 0:
            case 1:
                return COLUMNS[random.nextInt(COLUMNS.length)];
            case 2:
                return BigDecimal.valueOf(random.nextInt(9000) + 1000, 1 + random.nextInt(3)).toPlainString();
            case 3:
                return "(-" + expression(random, depth - 1) + ')';
            case 4:
                return "COALESCE(" + expression(random, depth - 1) + ", " + expression(random, depth - 1) + ')';
            default:
                return '(' + expression(random, depth - 1) + " +-*/".charAt(choice - 4) + ' ' + expression(random, depth - 1) + ')';
        }
    }
}
