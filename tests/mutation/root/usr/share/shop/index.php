<?php
define('SHOP', __DIR__);
require SHOP . '/inc/boot.php';
require_once(dirname(__FILE__) . '/inc/functions.php');
include __DIR__ . '/templates/header.php';
shop_page(basename($_GET['page'] ?? 'start'));
include SHOP . "/templates/footer.php";
