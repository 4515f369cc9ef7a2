-- For the dashboards: one category over a long time, and the list of all categories. The primary key, which begins with
-- the window, would read every other category as well. Neither column ever changes, so updates stay in place (HOT).
CREATE INDEX IF NOT EXISTS category_sales_category_window_start ON category_sales (category, window_start);
