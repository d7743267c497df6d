-- atlas:delimiter //

SELECT 'a//b' /* // */, $$//$$ // SELECT 2 -- http://x
//
