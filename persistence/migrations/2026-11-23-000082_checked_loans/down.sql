DROP FUNCTION busy_in_loan;
DROP FUNCTION clear_lent;
DROP FUNCTION lent;
