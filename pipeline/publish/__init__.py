"""One file a product: report, annex, deliberation, workbook, review workbook; and the check of the Word templates."""
