<?php
set_include_path(SHOP . '/inc' . PATH_SEPARATOR . get_include_path());
require 'settings.php';
require_once 'classes/Basket.php';
require_once __DIR__ . '/classes/Customer.php';
$words = require SHOP . '/lang/english.php';
if (!function_exists('mb_strlen')) {
    require __DIR__ . '/multibyte.php';
}
(include SHOP . '/inc/database.php') or die('no database');
