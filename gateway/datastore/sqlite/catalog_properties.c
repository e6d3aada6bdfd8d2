/* SYSIBM.METADATA: what DatabaseMetaData's methods without arguments answer, one column each, in the order that Derby's client
 * counts them. Every value is what SQLite does, behind this gateway. */
#include "gateway/datastore/sqlite/catalog.h"

#define TEXT_LENGTH 1000

/* Name, type and value in SQL. Numbers of 0 are "no limit, or not known". */
#define PROPERTIES(YES_OR_NO, NUMBER, TEXT)                                                                                             \
    YES_OR_NO(allProceduresAreCallable, 1)                                                                                              \
    YES_OR_NO(allTablesAreSelectable, 1)                                                                                                \
    YES_OR_NO(nullsAreSortedHigh, 0)                                                                                                    \
    YES_OR_NO(nullsAreSortedLow, 1)                                                                                                     \
    YES_OR_NO(nullsAreSortedAtStart, 0)                                                                                                 \
    YES_OR_NO(nullsAreSortedAtEnd, 0)                                                                                                   \
    YES_OR_NO(usesLocalFiles, 1)                                                                                                        \
    YES_OR_NO(usesLocalFilePerTable, 0)                                                                                                 \
    YES_OR_NO(storesUpperCaseIdentifiers, 1)                                                                                            \
    YES_OR_NO(storesLowerCaseIdentifiers, 0)                                                                                            \
    YES_OR_NO(storesMixedCaseIdentifiers, 0)                                                                                            \
    YES_OR_NO(storesUpperCaseQuotedIdentifiers, 0)                                                                                      \
    YES_OR_NO(storesLowerCaseQuotedIdentifiers, 0)                                                                                      \
    YES_OR_NO(storesMixedCaseQuotedIdentifiers, 1)                                                                                      \
    TEXT(getSQLKeywords, "'ABORT,ANALYZE,ATTACH,AUTOINCREMENT,CONFLICT,DATABASE,DETACH,EXCLUSIVE,EXPLAIN,FAIL,GLOB,IF,IGNORE,INDEX,"    \
                         "INDEXED,INSTEAD,ISNULL,LIMIT,NOTNULL,PLAN,PRAGMA,QUERY,RAISE,REGEXP,REINDEX,RENAME,REPLACE,TEMP,VACUUM,"      \
                         "VIRTUAL'")                                                                                                    \
    TEXT(getNumericFunctions, "'ABS,ACOS,ASIN,ATAN,ATAN2,CEILING,COS,DEGREES,EXP,FLOOR,LOG10,MOD,PI,POWER,RADIANS,ROUND,SIGN,SIN,SQRT," \
                              "TAN'")                                                                                                   \
    TEXT(getStringFunctions, "'CHAR,LENGTH,LTRIM,REPLACE,RTRIM,SUBSTRING'")                                                             \
    TEXT(getSystemFunctions, "'IFNULL'")                                                                                                \
    TEXT(getTimeDateFunctions, "''")                                                                                                    \
    TEXT(getSearchStringEscape, "'\\'")                                                                                                 \
    TEXT(getExtraNameCharacters, "'$'")                                                                                                 \
    YES_OR_NO(supportsAlterTableWithAddColumn, 1)                                                                                       \
    YES_OR_NO(supportsAlterTableWithDropColumn, 1)                                                                                      \
    YES_OR_NO(supportsConvert, 0)                                                                                                       \
    TEXT(supportsConvertType, "''")                                                                                                     \
    YES_OR_NO(supportsDifferentTableCorrelationNames, 0)                                                                                \
    YES_OR_NO(supportsExpressionsInOrderBy, 1)                                                                                          \
    YES_OR_NO(supportsOrderByUnrelated, 1)                                                                                              \
    YES_OR_NO(supportsGroupBy, 1)                                                                                                       \
    YES_OR_NO(supportsGroupByUnrelated, 1)                                                                                              \
    YES_OR_NO(supportsGroupByBeyondSelect, 1)                                                                                           \
    YES_OR_NO(supportsMultipleResultSets, 0)                                                                                            \
    YES_OR_NO(supportsMultipleTransactions, 1)                                                                                          \
    YES_OR_NO(supportsCoreSQLGrammar, 1)                                                                                                \
    YES_OR_NO(supportsExtendedSQLGrammar, 0)                                                                                            \
    YES_OR_NO(supportsANSI92IntermediateSQL, 0)                                                                                         \
    YES_OR_NO(supportsANSI92FullSQL, 0)                                                                                                 \
    YES_OR_NO(supportsIntegrityEnhancementFacility, 1)                                                                                  \
    YES_OR_NO(supportsOuterJoins, 1)                                                                                                    \
    YES_OR_NO(supportsFullOuterJoins, 1)                                                                                                \
    YES_OR_NO(supportsLimitedOuterJoins, 1)                                                                                             \
    TEXT(getSchemaTerm, "'SCHEMA'")                                                                                                     \
    TEXT(getProcedureTerm, "'PROCEDURE'")                                                                                               \
    TEXT(getCatalogTerm, "'CATALOG'")                                                                                                   \
    YES_OR_NO(isCatalogAtStart, 0)                                                                                                      \
    TEXT(getCatalogSeparator, "''")                                                                                                     \
    YES_OR_NO(supportsSchemasInDataManipulation, 1)                                                                                     \
    YES_OR_NO(supportsSchemasInProcedureCalls, 1)                                                                                       \
    YES_OR_NO(supportsSchemasInTableDefinitions, 1)                                                                                     \
    YES_OR_NO(supportsSchemasInIndexDefinitions, 1)                                                                                     \
    YES_OR_NO(supportsSchemasInPrivilegeDefinitions, 0)                                                                                 \
    YES_OR_NO(supportsCatalogsInDataManipulation, 0)                                                                                    \
    YES_OR_NO(supportsCatalogsInProcedureCalls, 0)                                                                                      \
    YES_OR_NO(supportsCatalogsInTableDefinitions, 0)                                                                                    \
    YES_OR_NO(supportsCatalogsInIndexDefinitions, 0)                                                                                    \
    YES_OR_NO(supportsCatalogsInPrivilegeDefinitions, 0)                                                                                \
    YES_OR_NO(supportsPositionedDelete, 1)                                                                                              \
    YES_OR_NO(supportsPositionedUpdate, 1)                                                                                              \
    YES_OR_NO(supportsSelectForUpdate, 1)                                                                                               \
    YES_OR_NO(supportsStoredProcedures, 0)                                                                                              \
    YES_OR_NO(supportsSubqueriesInComparisons, 1)                                                                                       \
    YES_OR_NO(supportsUnion, 1)                                                                                                         \
    YES_OR_NO(supportsUnionAll, 1)                                                                                                      \
    YES_OR_NO(supportsOpenCursorsAcrossCommit, 1)                                                                                       \
    YES_OR_NO(supportsOpenCursorsAcrossRollback, 0)                                                                                     \
    YES_OR_NO(supportsOpenStatementsAcrossCommit, 1)                                                                                    \
    YES_OR_NO(supportsOpenStatementsAcrossRollback, 1)                                                                                  \
    NUMBER(getMaxBinaryLiteralLength, 0)                                                                                                \
    NUMBER(getMaxCharLiteralLength, 0)                                                                                                  \
    NUMBER(getMaxColumnNameLength, 128)                                                                                                 \
    NUMBER(getMaxColumnsInGroupBy, 2000)                                                                                                \
    NUMBER(getMaxColumnsInIndex, 2000)                                                                                                  \
    NUMBER(getMaxColumnsInOrderBy, 2000)                                                                                                \
    NUMBER(getMaxColumnsInSelect, 2000)                                                                                                 \
    NUMBER(getMaxColumnsInTable, 2000)                                                                                                  \
    NUMBER(getMaxConnections, 0)                                                                                                        \
    NUMBER(getMaxCursorNameLength, 128)                                                                                                 \
    NUMBER(getMaxIndexLength, 0)                                                                                                        \
    NUMBER(getMaxSchemaNameLength, 128)                                                                                                 \
    NUMBER(getMaxProcedureNameLength, 128)                                                                                              \
    NUMBER(getMaxCatalogNameLength, 0)                                                                                                  \
    NUMBER(getMaxRowSize, 0)                                                                                                            \
    YES_OR_NO(doesMaxRowSizeIncludeBlobs, 1)                                                                                            \
    NUMBER(getMaxStatementLength, 2097152)                                                                                              \
    NUMBER(getMaxStatements, 0)                                                                                                         \
    NUMBER(getMaxTableNameLength, 128)                                                                                                  \
    NUMBER(getMaxTablesInSelect, 64)                                                                                                    \
    NUMBER(getMaxUserNameLength, 8)                                                                                                     \
    NUMBER(getDefaultTransactionIsolation, 8)                                                                                           \
    YES_OR_NO(supportsTransactions, 1)                                                                                                  \
    TEXT(supportsTransactionIsolationLevel, "'1,2,4,8'")                                                                                \
    YES_OR_NO(supportsDataDefinitionAndDataManipulationTransactions, 1)                                                                 \
    YES_OR_NO(supportsDataManipulationTransactionsOnly, 0)                                                                              \
    YES_OR_NO(dataDefinitionCausesTransactionCommit, 0)                                                                                 \
    YES_OR_NO(dataDefinitionIgnoredInTransactions, 0)                                                                                   \
    TEXT(supportsResultSetType, "'1003'")                                                                                               \
    TEXT(supportsResultSetConcurrency, "'1003,1007'")                                                                                   \
    TEXT(ownUpdatesAreVisible, "''")                                                                                                    \
    TEXT(ownDeletesAreVisible, "''")                                                                                                    \
    TEXT(ownInsertsAreVisible, "''")                                                                                                    \
    TEXT(othersUpdatesAreVisible, "''")                                                                                                 \
    TEXT(othersDeletesAreVisible, "''")                                                                                                 \
    TEXT(othersInsertsAreVisible, "''")                                                                                                 \
    TEXT(updatesAreDetected, "''")                                                                                                      \
    TEXT(deletesAreDetected, "''")                                                                                                      \
    TEXT(insertsAreDetected, "''")

#define YES_OR_NO_COLUMN(label, value) { .name = #label, .table = "", .schema = "", .type = SQL_TYPE_BOOLEAN },
#define NUMBER_COLUMN(label, value) { .name = #label, .table = "", .schema = "", .type = SQL_TYPE_INTEGER },
#define TEXT_COLUMN(label, value) { .name = #label, .table = "", .schema = "", .type = SQL_TYPE_VARCHAR, .length = TEXT_LENGTH },
#define NUMBER_VALUE(label, value) #value ","
#define TEXT_VALUE(label, value) value ","

/* Each value has a comma behind it, and the last property stands alone. */
static const struct sql_column columns[] = { PROPERTIES(YES_OR_NO_COLUMN, NUMBER_COLUMN, TEXT_COLUMN)
                                                 YES_OR_NO_COLUMN(supportsBatchUpdates, 1) };

const struct catalog_view catalog_properties = {
    .columns = columns,
    .column_count = sizeof columns / sizeof columns[0],
    .query = "SELECT " PROPERTIES(NUMBER_VALUE, NUMBER_VALUE, TEXT_VALUE) "1",
};
