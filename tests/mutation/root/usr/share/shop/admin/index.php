<?php
require '../inc/functions.php';
require_once './menu.php';
foreach (['orders', 'stock'] as $part) {
    include __DIR__ . "/$part.php";
}
include __DIR__ . '/../templates/footer.php';
